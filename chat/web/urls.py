"""The addresses of the pages."""

from django.urls import path

from chat.web.views import accounts, installed, invites, pictures, reports, room_settings, rooms, settings, tokens

app_name = "web"

urlpatterns = [
    path("", rooms.home, name="home"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("service-worker.js", installed.service_worker, name="service-worker"),
    path("offline/", installed.offline, name="offline"),
    path("version", installed.show_version, name="version"),
    path("rooms/<slug:slug>/", rooms.room, name="room"),
    path("rooms/<slug:slug>/<int:seq>/", rooms.room, name="message"),
    path("rooms/<slug:slug>/send/", rooms.send, name="send"),
    path("rooms/<slug:slug>/join/", rooms.join, name="join"),
    path("rooms/<slug:slug>/leave/", rooms.leave, name="leave"),
    path("rooms/<slug:slug>/members/", rooms.add_member, name="add-member"),
    path("rooms/<slug:slug>/settings/", room_settings.settings, name="room-settings"),
    path("rooms/<slug:slug>/archive/", room_settings.archive, name="archive-room"),
    path("rooms/<slug:slug>/removed/", reports.removed, name="removed"),
    path("rooms/<slug:slug>/invites/", invites.invites, name="invites"),
    path("rooms/<slug:slug>/invites/<int:invite_id>/withdraw/", invites.withdraw, name="withdraw-invite"),
    path("browse/", rooms.browse, name="browse"),
    path("new/", rooms.new, name="new"),
    path("people/", rooms.write_to, name="people"),
    path("pictures/<str:name>", pictures.picture, name="picture"),
    path("settings/", settings.profile, name="settings"),
    path("settings/picture/", settings.picture, name="change-picture"),
    path("settings/security/sessions/<int:session_id>/", settings.sign_out_there, name="sign-out-there"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke_token, name="revoke-token"),
    path("settings/reports/", reports.reports, name="reports"),
    path("appeal/<str:key>/", reports.appeal, name="appeal"),
    path("settings/data/", settings.data, name="data"),
    path("settings/data/export/", settings.export, name="export"),
    path("settings/data/close/", settings.close, name="close"),
    path("settings/data/erase/", settings.erase, name="erase"),
    path("invite/<str:code>/", accounts.SignUp.as_view(), name="invite"),
    path("setup/<str:code>/", accounts.set_up, name="set-up"),
]
