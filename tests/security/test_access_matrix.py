"""Every door against everybody: endpoints, frames, pages and admin do what matrix.py says, which names them all."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from chat import models
from chat.api.documents import document
from chat.api.operation import Resource
from chat.api.views import messages as message_views
from chat.domain.errors import ChatError
from chat.services import memberships
from chat.services.cases import report_message
from chat.services.guests import set_guest
from chat.services.invites import create_invite
from chat.services.posting import Held, Outcome, Send, post_messages
from chat.services.sanctions import impose
from chat.services.sessions import begin_session
from chat.services.tokens import create_token, revoke_token
from chat.services.word_rules import save_rule
from chat.web.views import rooms as room_views
from chat.wire.codecs.base import COMMANDS
from tests.api.caller import Caller, by_session, visitor
from tests.client import Client as Socket
from tests.client import Refused, connect
from tests.inhabited import Chat
from tests.security.matrix import ADMIN, CALLERS, ENDPOINTS, FRAMES, PAGES, ROOM, WAITING
from tests.world import World, administrator, person, post, say

SIGNS = {401: "u", 403: "f", 404: "n"}
CODES = {"unauthenticated": "u", "forbidden": "f", "not_found": "n"}
PARTS = {
    "slug": "bridge", "username": "tide", "emoji": "👍", "code": "0" * 32, "key": "x", "name": "x", "provider_id": "x",
    "uidb36": "1",
}  # fmt: skip

Differences = list[str]


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what is done within stays."""
    block = transaction.atomic()
    block._from_testcase = True  # the transaction of a use case must be the outermost but for those of tests
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture
def bridge(cast: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The room of the matrix, with a message of anna's in it; what its addresses name."""
    root = administrator()
    person("hugo")
    emil = person("emil")
    set_guest(actor=root, person=emil, guest=True)
    for name in ("tide", "emil"):
        memberships.add_member(actor=cast.anna, room="bridge", username=name)
    for views in (message_views, room_views):
        monkeypatch.setattr(views, "post_message", _post_here)
    token, _ = create_token(actor=cast.anna, person=cast.anna, name="anna's")
    invite, _ = create_invite(actor=cast.anna, room="bridge")
    begin_session(person=cast.anna, session_key="k", user_agent="", address="")
    session = models.UserSession.objects.get(session_key="k")
    reported = say(cast.anna, "bridge", "hoy").seq
    report_message(actor=cast.ben, room="bridge", seq=reported, reason="spam")
    mute = impose(actor=cast.anna, person=cast.tide, kind="mute", room="bridge", reason="spam")
    named = {"token_id": token.pk, "session_id": session.pk, "sanction_id": mute.pk, "invite_id": invite.pk}
    return PARTS | named | {"seq": say(cast.anna, "bridge", "ahoy").seq}


def _post_here(send: Send) -> Outcome:
    """Writes in the test's own transaction, which the collector's thread would not see."""
    [result] = post_messages([send])
    if isinstance(result, ChatError):
        raise result
    assert result is not None
    return result


@pytest.fixture
def callers(bridge: dict[str, Any], cast: World) -> dict[str, Caller]:
    """Everybody of the matrix, with what they have in hand."""
    row, plain = create_token(actor=cast.anna, person=cast.anna, name="revoked")
    revoke_token(actor=cast.anna, token_id=row.pk)
    signed_out = by_session(cast.anna)
    cookies = signed_out.client.cookies.copy()
    signed_out.client.logout()
    signed_out.client.cookies = cookies
    gus = person("gus")
    memberships.add_member(actor=cast.anna, room="bridge", username="gus")
    impose(actor=User.objects.get(username="root"), person=gus, kind="ban", reason="harassment")
    people = {name: by_session(User.objects.get(username=name)) for name in CALLERS[4:]}
    gone = {"signed-out": signed_out, "revoked": Caller(token=plain), "banned": by_session(gus)}
    return {"stranger": visitor(), **gone, **people}


def answers_of(callers: dict[str, Caller], ask: Any) -> str:
    """The signs of what each is answered, each as if the others had not asked."""
    signs = []
    for caller in callers.values():
        cookies = caller.client.cookies.copy()
        with undone():
            signs.append(ask(caller))
        caller.client.cookies = cookies
    return "".join(signs)


# --- REST -------------------------------------------------------------------------------------------------------------


def test_every_endpoint_has_a_row():
    documented = {(method, path) for path, methods in document()["paths"].items() for method in methods}
    assert documented == ENDPOINTS.keys() | WAITING.keys()


def test_every_endpoint_answers_everybody_as_its_row_says(callers, bridge):
    different: Differences = []
    for (method, path), row in ENDPOINTS.items():
        address = path.removeprefix("/api/v1/").format(**bridge)

        def ask(caller: Caller, method=method, address=address, row=row) -> str:
            status = caller.call(method.upper(), address, row.carries).status
            return "." if status < 300 else SIGNS.get(status, f"[{status}]")

        if (found := answers_of(callers, ask)) != row.answers:
            different.append(f"{method} {path}: {found} instead of {row.answers}")
    assert not different, "\n".join(different)


OF_THE_MUTED = {
    ("delete", "/api/v1/rooms/{slug}/messages/{seq}"),
    ("delete", "/api/v1/rooms/{slug}/members/{username}"),
    ("delete", "/api/v1/rooms/{slug}/membership"),
    ("put", "/api/v1/rooms/{slug}/read"),
    ("post", "/api/v1/rooms/{slug}/removals"),
    ("post", "/api/v1/rooms/{slug}/sanctions"),
    ("post", "/api/v1/rooms/{slug}/messages/{seq}/report"),
    ("delete", "/api/v1/rooms/{slug}/sanctions/{sanction_id}"),
}
"""What the muted may still write: they take away, let go, leave, read, report, and keep their office over others."""


def test_who_is_muted_writes_by_no_endpoint_of_a_room_though_they_own_it(bridge, cast):
    impose(actor=User.objects.get(username="root"), person=cast.anna, kind="mute", room="bridge", reason="rants")
    anna = by_session(cast.anna)
    writes = {key: row for key, row in ENDPOINTS.items() if key[0] != "get" and key[1].startswith(ROOM)}
    assert writes.keys() > OF_THE_MUTED
    for (method, path), row in writes.items():
        with undone():
            answer = anna.call(method.upper(), path.removeprefix("/api/v1/").format(**bridge), row.carries)
        code = answer.code if answer.status >= 400 else None
        assert (code == "muted") == ((method, path) not in OF_THE_MUTED), f"{method} {path}: {answer.status} {code}"


# --- Pages ------------------------------------------------------------------------------------------------------------


def _pages(patterns: Any = None, before: str = "") -> Iterator[str]:
    """The addresses of all that is neither the admin nor an endpoint of the document."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            if pattern.app_name != "admin":
                yield from _pages(pattern.url_patterns, route)
        elif not _is_endpoint(pattern):
            yield route


def _is_endpoint(pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "cls", None)
    return isinstance(view, type) and issubclass(view, Resource) and view.schema is not None


def test_every_page_has_a_row():
    assert set(_pages()) == PAGES.keys()


def test_every_page_answers_everybody_as_its_row_says(callers, bridge):
    different: Differences = []
    for path, (method, row) in PAGES.items():
        address = "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(bridge[part[1]]), path)

        def ask(caller: Caller, method=method, address=address, row=row) -> str:
            browser = Client()
            browser.cookies = caller.client.cookies.copy()
            answer = getattr(browser, method)(address, row.carries or {}, headers=caller.headers)
            if answer.status_code == 302:
                return "i" if answer.headers["Location"].startswith(reverse("account_login")) else "."
            return "." if answer.status_code < 300 else SIGNS.get(answer.status_code, f"[{answer.status_code}]")

        if (found := answers_of(callers, ask)) != row.answers:
            different.append(f"{method} {address}: {found} instead of {row.answers}")
    assert not different, "\n".join(different)


# --- The admin --------------------------------------------------------------------------------------------------------


def test_every_table_of_the_admin_has_a_row():
    assert {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry} == ADMIN.keys()


def _admin_pages() -> Iterator[tuple[str, str, bool]]:
    """Each page with its address, and whether root may open it."""
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        for page in ("changelist", "add", "change", "delete", "history"):
            arguments = [] if page in ("changelist", "add") else [row.pk]
            yield f"{name} {page}", reverse(f"admin:{name}_{page}", args=arguments), page not in ADMIN[name]
    yield "rights", reverse("admin:auth_user_rights", args=[User.objects.order_by("pk")[0].pk]), True
    for name in ("index", "jsi18n"):
        yield name, reverse(f"admin:{name}"), True


def test_the_admin_opens_to_who_administers_and_to_nobody_else(callers, bridge):
    Group.objects.create(name="watch")
    save_rule(actor=administrator(), pattern="odd", action="hold")
    assert post(person("ben"), "bridge", "odd") == Held()
    different: Differences = []
    for name, address, opens in _admin_pages():

        def ask(caller: Caller, address=address) -> str:
            answer = caller.client.get(address, headers=caller.headers)
            if answer.status_code == 302:
                return "i" if answer.headers["Location"].startswith(reverse("admin:login")) else "."
            return "." if answer.status_code == 200 else SIGNS.get(answer.status_code, f"[{answer.status_code}]")

        expected = "i" * 8 + ("." if opens else "f")
        if (found := answers_of(callers, ask)) != expected:
            different.append(f"{name}: {found} instead of {expected}")
    assert not different, "\n".join(different)


# --- What waits: sockets, streams and polls, on a real server ---------------------------------------------------------

PREPARE = """
from django.contrib.auth.models import Group, User
from chat.services.guests import set_guest
from chat.services.accounts import make_person
root = make_person(username="root")
root.is_staff = root.is_superuser = True
root.save()
set_guest(actor=User.objects.get(username="root"), person=User.objects.get(username="emil"), guest=True)
from chat.services.tokens import SCOPES, create_token
from chat.services.sanctions import impose
gus = make_person(username="gus")
impose(actor=User.objects.get(username="root"), person=gus, kind="ban", reason="harassment")
for name in ("gus", "emil", "root"):
    person = User.objects.get(username=name)
    print(create_token(actor=person, person=person, name="matrix", scopes=SCOPES)[1])
"""


@pytest.fixture
async def harbour(start_chat) -> tuple[Chat, list[dict[str, str]]]:
    """The same room on a server of its own, and the headers by which each caller comes."""
    chat = start_chat()
    gus, emil, root = chat.server.manage("shell", "--no-imports", "--command", PREPARE).splitlines()[-3:]
    async with chat.rest("anna") as anna:
        await anna.post("rooms", json={"room": "bridge", "kind": "private"})
        for name, role in (("ben", "member"), ("dora", "moderator"), ("emil", "guest")):
            (await anna.post("rooms/bridge/members", json={"username": name, "role": role})).raise_for_status()
    async with chat.browser("faye") as faye:
        made = (await faye.post("tokens", json={"name": "x"})).json()
        session = faye.cookies["sessionid"]
        await faye.delete(f"tokens/{made['id']}")
        await faye.delete("session")
    bearers = [made["token"], gus, emil, *(chat.tokens[name] for name in ("cleo", "ben", "dora")), root]
    headers = [{}, {"cookie": f"sessionid={session}"}, *({"authorization": f"Bearer {each}"} for each in bearers)]
    return chat, headers


def test_every_frame_has_a_row():
    assert COMMANDS.keys() == FRAMES.keys()


async def test_every_frame_and_waiting_request_answers_everybody_as_its_row_says(harbour):
    chat, headers = harbour
    different: Differences = []
    for command, row in FRAMES.items():
        found = "".join([await _answer(chat, each, command, row.carries or {}) for each in headers])
        if found != row.answers:
            different.append(f"{command}: {found} instead of {row.answers}")
    for (_, path), row in WAITING.items():
        address = path.removeprefix("/api/v1/").format(slug="bridge") + ("?rooms=bridge" if "stream" in path else "")
        found = "".join([await _status(chat, each, address) for each in headers])
        if found != row.answers:
            different.append(f"{path}: {found} instead of {row.answers}")
    assert not different, "\n".join(different)


async def _answer(chat: Chat, headers: dict[str, str], command: str, fields: dict[str, Any]) -> str:
    """The sign of what this caller's frame is answered; on a message anna has just written where it names one."""
    if "seq" in fields:
        async with chat.rest("anna") as anna:
            body = {"client_id": f"{command} {id(headers)}", "body": "ahoy"}
            fields = fields | {"seq": (await anna.post("rooms/bridge/messages", json=body)).json()["seq"]}
    socket = await connect(f"{chat.server.ws_url}/ws/", headers=headers)
    if headers and socket.hello["person"] is None:
        assert await socket.closed() == 4002
        return "." if command in ("ping", "pong") else "u"
    try:
        return await _called(socket, command, fields)
    finally:
        socket._socket.transport.abort()


async def _called(socket: Socket, command: str, fields: dict[str, Any]) -> str:
    try:
        result = await socket.call(command, **fields)
    except Refused as refused:
        return CODES.get(refused.code, f"[{refused.code}]")
    inner = result["rooms"][0].get("error") if command == "subscribe" else None
    return CODES.get(inner["code"], "?") if inner else "."


async def _status(chat: Chat, headers: dict[str, str], address: str) -> str:
    async with chat.http(headers=headers) as rest, rest.stream("GET", address) as answer:
        return "." if answer.status_code == 200 else SIGNS.get(answer.status_code, f"[{answer.status_code}]")


def test_the_room_of_the_matrix_is_what_it_says(bridge):
    roles = models.Membership.objects.filter(room__slug="bridge").values_list("user__username", "role")
    assert dict(roles) == {
        "anna": "owner", "ben": "member", "dora": "moderator", "emil": "guest", "tide": "member",
    }  # fmt: skip
