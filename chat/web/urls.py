"""The addresses of the pages."""

from django.urls import path

from chat.web.views import accounts, rooms, settings, tokens

app_name = "web"

urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<slug:slug>/", rooms.room, name="room"),
    path("rooms/<slug:slug>/<int:seq>/", rooms.room, name="message"),
    path("rooms/<slug:slug>/join/", rooms.join, name="join"),
    path("rooms/<slug:slug>/leave/", rooms.leave, name="leave"),
    path("rooms/<slug:slug>/members/", rooms.add_member, name="add-member"),
    path("browse/", rooms.browse, name="browse"),
    path("new/", rooms.new, name="new"),
    path("people/", rooms.write_to, name="people"),
    path("settings/", settings.settings, name="settings"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke_token, name="revoke-token"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-up/", accounts.sign_up, name="sign-up"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("setup/<str:code>/", accounts.set_up, name="set-up"),
]
