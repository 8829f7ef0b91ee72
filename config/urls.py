"""Where everything is."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

# The admin's own doors know neither second factors nor what a new password ends.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "chat.urls.bad_request"

urlpatterns = [
    path("admin/password_change/", RedirectView.as_view(url=reverse_lazy("account_change_password"))),
    path("admin/", admin.site.urls),
    path("", include("chat.urls")),
]
