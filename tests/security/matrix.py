"""Who may do what at every door, as tables; test_access_matrix.py holds the doors to them.

The room is the private room `bridge`, with anna its owner, ben a member, dora a moderator, and emil, a guest of the
house, brought into it. Who is banned, everywhere, is a member too and holds what was made for them since. Cleo belongs
to other rooms, root administers the site, and neither is in it.

A row has one sign for each caller, in the order of CALLERS: allowed (.), or the refusal: u 401, f 403, n 404, i to the
page for signing in. A frame has u for `unauthenticated`, f for `forbidden`, n for `not_found`.
"""

from typing import Any, NamedTuple

CALLERS = ("stranger", "signed-out", "revoked", "banned", "emil", "cleo", "ben", "dora", "root")

ANYBODY, SIGNED_IN = ".........", "uuuu....."
IN_THE_ROOM, OWN_ONLY = "uuuu.n..n", "uuuufnffn"
MODERATES, OWNS = "uuuufnf..", "uuuufnff."
PIN = "uuuufnf.n"
RUNS_THE_SITE = "uuuuffff."
SANCTION = {"username": "tide", "kind": "mute", "reason": "spam"}
REMOVALS = {"username": "tide", "reason": "spam", "since": "2026-01-01T00:00:00Z"}


class Row(NamedTuple):
    """What each caller is answered; with what the call carries."""

    answers: str
    carries: dict[str, Any] | None = None


ROOM = "/api/v1/rooms/{slug}"
MESSAGE = f"{ROOM}/messages/{{seq}}"

ENDPOINTS: dict[tuple[str, str], Row] = {
    ("get", "/api/v1/session"): Row("..u......"),
    ("post", "/api/v1/session"): Row("uuuuuuuuu", {"username": "ben", "password": "wrong"}),
    ("delete", "/api/v1/session"): Row(SIGNED_IN),
    ("post", "/api/v1/tickets"): Row(SIGNED_IN),
    ("get", "/api/v1/tokens"): Row(SIGNED_IN),
    ("post", "/api/v1/tokens"): Row(SIGNED_IN, {"name": "x"}),
    ("delete", "/api/v1/tokens/{token_id}"): Row("uuuunnnn."),
    ("get", "/api/v1/people"): Row(SIGNED_IN),
    ("get", "/api/v1/people/me"): Row(SIGNED_IN),
    ("patch", "/api/v1/people/me"): Row(SIGNED_IN, {"display_name": "x"}),
    ("get", "/api/v1/rooms"): Row(SIGNED_IN),
    ("post", "/api/v1/rooms"): Row("uuuuf....", {"room": "galley"}),
    ("post", "/api/v1/direct-rooms"): Row(SIGNED_IN, {"people": ["ben", "dora"]}),
    ("get", ROOM): Row(IN_THE_ROOM),
    ("patch", ROOM): Row(OWNS, {"title": "x"}),
    ("put", f"{ROOM}/archive"): Row(OWNS),
    ("delete", f"{ROOM}/archive"): Row(OWNS),
    ("get", f"{ROOM}/members"): Row(IN_THE_ROOM),
    ("post", f"{ROOM}/members"): Row(MODERATES, {"username": "hugo"}),
    ("patch", f"{ROOM}/members/{{username}}"): Row(MODERATES, {"role": "guest"}),
    ("delete", f"{ROOM}/members/{{username}}"): Row(MODERATES),
    ("put", f"{ROOM}/membership"): Row(IN_THE_ROOM),
    ("delete", f"{ROOM}/membership"): Row(IN_THE_ROOM),
    ("get", f"{ROOM}/read"): Row(IN_THE_ROOM),
    ("put", f"{ROOM}/read"): Row(IN_THE_ROOM, {"seq": 1}),
    ("get", f"{ROOM}/reactions/mine"): Row(IN_THE_ROOM),
    ("get", f"{ROOM}/messages"): Row(IN_THE_ROOM),
    ("post", f"{ROOM}/messages"): Row(IN_THE_ROOM, {"client_id": "matrix", "body": "ahoy"}),
    ("get", MESSAGE): Row(IN_THE_ROOM),
    ("patch", MESSAGE): Row(OWN_ONLY, {"body": "x"}),
    ("delete", MESSAGE): Row(MODERATES),
    ("delete", f"{MESSAGE}/removal"): Row(MODERATES),
    ("post", f"{ROOM}/removals"): Row(MODERATES, REMOVALS),
    ("post", "/api/v1/removals"): Row(RUNS_THE_SITE, REMOVALS),
    ("get", f"{ROOM}/sanctions"): Row(MODERATES),
    ("post", f"{ROOM}/sanctions"): Row(MODERATES, SANCTION),
    ("delete", f"{ROOM}/sanctions/{{sanction_id}}"): Row(MODERATES),
    ("get", "/api/v1/sanctions"): Row(RUNS_THE_SITE),
    ("post", "/api/v1/sanctions"): Row(RUNS_THE_SITE, SANCTION),
    ("delete", "/api/v1/sanctions/{sanction_id}"): Row(MODERATES),
    ("post", f"{MESSAGE}/report"): Row(IN_THE_ROOM, {"reason": "spam"}),
    ("put", f"{MESSAGE}/pin"): Row(PIN),
    ("delete", f"{MESSAGE}/pin"): Row(PIN),
    ("put", f"{MESSAGE}/reactions/{{emoji}}"): Row(IN_THE_ROOM),
    ("delete", f"{MESSAGE}/reactions/{{emoji}}"): Row(IN_THE_ROOM),
}

WAITING: dict[tuple[str, str], Row] = {
    ("get", f"{ROOM}/events"): Row(IN_THE_ROOM),
    ("get", "/api/v1/events/stream"): Row(IN_THE_ROOM),
}
"""The endpoints that are answered before Django."""

ONESELF = {"room": "bridge"}
A_MESSAGE = {**ONESELF, "seq": 0}

FRAMES: dict[str, Row] = {
    "authenticate": Row("uuuufffff", {"token": "wrong"}),
    "refresh": Row("uuuuuuuuu", {"token": "wrong"}),
    "subscribe": Row(IN_THE_ROOM, ONESELF),
    "unsubscribe": Row(SIGNED_IN, ONESELF),
    "send-message": Row(IN_THE_ROOM, {**ONESELF, "message": {"client_id": "frame", "body": "ahoy"}}),
    "edit-message": Row(OWN_ONLY, {**A_MESSAGE, "body": "x"}),
    "delete-message": Row(MODERATES, A_MESSAGE),
    "add-reaction": Row(IN_THE_ROOM, {**A_MESSAGE, "emoji": "👍"}),
    "remove-reaction": Row(IN_THE_ROOM, {**A_MESSAGE, "emoji": "👍"}),
    "pin-message": Row(PIN, A_MESSAGE),
    "unpin-message": Row(PIN, A_MESSAGE),
    "mark-read": Row(IN_THE_ROOM, A_MESSAGE),
    "set-typing": Row(SIGNED_IN, ONESELF),
    "ping": Row(ANYBODY, {}),
    "pong": Row(ANYBODY, {}),
}

GUARDED, IN_ITS_PAGE = "iiii.....", "iiii.n..n"
ROOM_PAGE = "rooms/<slug:slug>/"

PAGES: dict[str, tuple[str, Row]] = {
    "": ("get", Row(GUARDED)),
    ROOM_PAGE: ("get", Row(IN_ITS_PAGE)),
    f"{ROOM_PAGE}<int:seq>/": ("get", Row(IN_ITS_PAGE)),
    f"{ROOM_PAGE}send/": ("post", Row(IN_ITS_PAGE, {"client_id": "page", "body": "ahoy"})),
    f"{ROOM_PAGE}join/": ("post", Row(IN_ITS_PAGE)),
    f"{ROOM_PAGE}leave/": ("post", Row(IN_ITS_PAGE)),
    f"{ROOM_PAGE}members/": ("post", Row("iiiifnf..", {"username": "hugo"})),
    f"{ROOM_PAGE}settings/": ("post", Row("iiiifnffn", {"title": "Galley", "slow_seconds": "0"})),
    f"{ROOM_PAGE}archive/": ("post", Row("iiiifnff.")),
    f"{ROOM_PAGE}removed/": ("get", Row(GUARDED)),
    f"{ROOM_PAGE}invites/": ("get", Row("iiiifnf..")),
    f"{ROOM_PAGE}invites/<int:invite_id>/withdraw/": ("post", Row("iiiifnf..")),
    "browse/": ("get", Row(GUARDED)),
    "new/": ("post", Row("iiiif....", {"title": "Galley", "kind": "open"})),
    "people/": ("get", Row(GUARDED)),
    "settings/": ("get", Row(GUARDED)),
    "settings/tokens/": ("get", Row(GUARDED)),
    "settings/tokens/<int:token_id>/revoke/": ("post", Row("iiiinnnn.")),
    "settings/reports/": ("get", Row(GUARDED)),
    "appeal/<str:key>/": ("get", Row("nnnnnnnnn")),
    "settings/picture/": ("post", Row(GUARDED)),
    "settings/account/": ("get", Row(GUARDED)),
    "settings/security/": ("get", Row(GUARDED)),
    "settings/security/password/": ("get", Row(GUARDED)),
    "settings/security/first-password/": ("get", Row(GUARDED)),
    "settings/security/two-factor/": ("get", Row(GUARDED)),
    "settings/security/two-factor/off/": ("get", Row("iiiinnnnn")),
    "settings/security/codes/": ("get", Row("iiiinnnnn")),
    "settings/security/codes/new/": ("get", Row(GUARDED)),
    "settings/security/sso/": ("get", Row(GUARDED)),
    "settings/security/sessions/<int:session_id>/": ("post", Row("iiiinnnnn")),
    "settings/data/": ("get", Row(GUARDED)),
    "settings/data/export/": ("post", Row(GUARDED)),
    "settings/data/close/": ("post", Row("iiii....[409]")),
    "settings/data/erase/": ("post", Row(GUARDED)),
    "pictures/<str:name>": ("get", Row("iiiinnnnn")),
    "confirm/": ("get", Row("iiiifffff")),
    "confirm/code/": ("get", Row("iiiifffff")),
    "sign-in/": ("get", Row(ANYBODY)),
    "sign-in/code/": ("get", Row(GUARDED)),
    "sign-in/closed/": ("get", Row(ANYBODY)),
    "sign-up/": ("get", Row(ANYBODY)),
    "invite/<str:code>/": ("get", Row("ffff.....")),
    "sign-out/": ("post", Row("iiiiiiiii")),
    "reset/": ("get", Row(ANYBODY)),
    "reset/sent/": ("get", Row(ANYBODY)),
    "reset/done/": ("get", Row(ANYBODY)),
    "reset/<base36:uidb36>-<path:key>/": ("get", Row(ANYBODY)),
    "confirm-email/": ("get", Row(ANYBODY)),
    "confirm-email/<str:key>/": ("get", Row(ANYBODY)),
    "sso/<str:provider_id>/": ("get", Row("nnnnnnnnn")),
    "sso/<str:provider_id>/back/": ("get", Row("nnnnnnnnn")),
    "sso-cancelled/": ("get", Row(ANYBODY)),
    "sso-failed/": ("get", Row("uuuuuuuuu")),
    "setup/<str:code>/": ("get", Row("nnnnnnnnn")),
    "admin/password_change/": ("get", Row(ANYBODY)),
    "manifest.webmanifest": ("get", Row(ANYBODY)),
    "service-worker.js": ("get", Row(ANYBODY)),
    "offline/": ("get", Row(ANYBODY)),
    "version": ("get", Row(ANYBODY)),
    "livez": ("get", Row(ANYBODY)),
    "readyz": ("get", Row(ANYBODY)),
    "metrics": ("get", Row(ANYBODY)),
    "api/v1/schema/": ("get", Row(ANYBODY)),
    "api/v1/asyncapi.json": ("get", Row(ANYBODY)),
    "api/docs/": ("get", Row(ANYBODY)),
    "api/": ("get", Row("nnnnnnnnn")),
}

ADMIN: dict[str, set[str]] = {
    "auth_group": set(),
    "auth_user": set(),
    "chat_apitoken": set(),
    "chat_auditentry": {"add", "delete"},
    "chat_case": {"add", "delete"},
    "chat_event": {"add", "delete"},
    "chat_heldmessage": {"add", "delete"},
    "chat_installation": {"add", "delete"},
    "chat_invite": set(),
    "chat_membership": set(),
    "chat_message": {"add"},
    "chat_room": set(),
    "chat_sanction": {"delete"},
    "chat_wordrule": set(),
}
"""The tables of the admin, each with the pages that are closed to root too; to all others all of them are."""
