"""The addresses of accounts, by the names that django-allauth asks for."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as sso
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from chat.web.views import accounts, settings


class Base36Converter(StringConverter):
    """A number as django-allauth writes it, which holds no dash."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36Converter, "base36")

urlpatterns = [
    path("sign-in/", accounts.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-up/", accounts.SignUp.as_view(), name="account_signup"),
    path("sign-out/", accounts.sign_out, name="account_logout"),
    path("reset/", accounts.Reset.as_view(), name="account_reset_password"),
    path("reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("reset/<base36:uidb36>-<path:key>/", accounts.NewPassword.as_view(), name="account_reset_password_from_key"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", account.confirm_email, name="account_confirm_email"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("settings/account/", settings.Account.as_view(), name="account_email"),
    path("settings/security/", settings.security, name="mfa_index"),
    path("settings/security/password/", account.password_change, name="account_change_password"),
    path("settings/security/first-password/", account.password_set, name="account_set_password"),
    path("settings/security/two-factor/", totp.activate_totp, name="mfa_activate_totp"),
    path("settings/security/two-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("settings/security/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("settings/security/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("settings/security/sso/", social.connections, name="socialaccount_connections"),
    path("sso/<str:provider_id>/", sso.login, name="openid_connect_login"),
    path("sso/<str:provider_id>/back/", sso.callback, name="openid_connect_callback"),
    path("sso-cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sso-failed/", social.login_error, name="socialaccount_login_error"),
]
