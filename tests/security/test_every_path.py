"""One policy on every path: what holds somebody back is the same code from a batch, a REST view and a socket frame."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.urls import resolve
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIRequestFactory, force_authenticate

from chat import models
from chat.domain.errors import ChatError
from chat.domain.shapes import Person
from chat.queries.shapes import person_shape
from chat.realtime.connection import SocketConnection
from chat.realtime.consumers import ChatConsumer
from chat.services import messages, reactions
from chat.services.posting import post_messages
from chat.wire import client
from chat.wire.codecs.json import JSON
from tests.world import World, fresh, say, send

ROOM = "harbour"
TEXT = "bad https://example.org"
HOLDS = (
    "ban", "ban here", "mute", "mute here", "archived", "announcements", "slow mode", "word rule", "newcomer",
)  # fmt: skip
ACTS = ("send", "edit", "react")


def expected(act: str, moderates: bool, held: frozenset[str]) -> str:
    """What the policy promises, said once more and by other means."""
    order = {
        "banned": held & {"ban", "ban here"},
        "muted": held & {"mute", "mute here"},
        "locked": held & {"archived"},
        "forbidden": held & {"announcements"} and not moderates and act != "react",
        "slow_mode": held & {"slow mode"} and not moderates and act == "send",
        "blocked": (held & {"word rule"} or (held & {"newcomer"} and not moderates)) and act != "react",
    }
    return next((code for code, applies in order.items() if applies), "done")


def arrange(world: World, name: str, held: frozenset[str]) -> None:
    """Makes all this hold against the person, and nothing else."""
    now, room = timezone.now(), models.Room.objects.get(slug=ROOM)
    person = getattr(world, name)
    models.Sanction.objects.all().delete()
    models.WordRule.objects.all().delete()
    models.Message.objects.filter(author=person).update(body="first")
    for hold in held & {"ban", "ban here", "mute", "mute here"}:
        where = room if "here" in hold else None
        models.Sanction.objects.create(
            kind=hold[:4].strip(), person=person, room=where, reason="x", made_by=world.anna, begun_at=now
        )
    if "word rule" in held:
        models.WordRule.objects.create(pattern="bad", action="block", spares="")
    room.archived_at = now if "archived" in held else None
    room.announcements, room.slow_seconds = "announcements" in held, 3600 if "slow mode" in held else 0
    room.save()
    joined = now if "newcomer" in held else now - timedelta(days=1)
    type(person).objects.filter(pk=person.pk).update(date_joined=joined)


# --- The paths --------------------------------------------------------------------------------------------------------


def by_service(person: User, act: str, seq: int) -> str:
    if act == "send":
        [result] = post_messages([send(person, ROOM, TEXT)])
        return getattr(result, "code", "done")
    try:
        if act == "edit":
            messages.edit_message(actor=person, room=ROOM, seq=seq, body=TEXT)
        else:
            reactions.add_reaction(actor=person, room=ROOM, seq=seq, emoji="👍")
    except ChatError as refused:
        return refused.code
    return "done"


def by_rest(person: User, act: str, seq: int) -> str:
    method, path, body = {
        "send": ("POST", "messages", {"client_id": send(person, ROOM, "").client_id, "body": TEXT}),
        "edit": ("PATCH", f"messages/{seq}", {"body": TEXT}),
        "react": ("PUT", f"messages/{seq}/reactions/👍", {}),
    }[act]
    address = f"/api/v1/rooms/{ROOM}/{path}"
    request = APIRequestFactory().generic(method, address, json.dumps(body), content_type="application/json")
    request.session = SessionStore()
    force_authenticate(request, user=person)
    view, arguments, named = resolve(address)
    answer = view(request, *arguments, **named)
    return "done" if answer.status_code < 300 else answer.data.error.code


def by_socket(person: User, act: str, seq: int) -> str:
    outgoing = client.Outgoing(client_id=send(person, ROOM, "").client_id, body=TEXT)
    frame = {
        "send": client.SendMessage(id=1, room=ROOM, message=outgoing),
        "edit": client.EditMessage(id=1, room=ROOM, seq=seq, body=TEXT),
        "react": client.AddReaction(id=1, room=ROOM, seq=seq, emoji="👍"),
    }[act]
    reply = json.loads(asyncio.run(_replied(person, person_shape(person), frame)))
    return reply["error"]["code"] if "error" in reply else "done"


async def _replied(person: User, shape: Person, frame: client.AnyClientFrame) -> bytes:
    """What a socket of this person is answered; nothing but its transport is missing."""
    reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    socket = ChatConsumer()
    socket.worker = SimpleNamespace(bring=asyncio.get_running_loop().call_soon_threadsafe)
    socket.connection = SocketConnection(codec=JSON, write=reply.set_result, framed=False, shut=lambda code: None)
    socket.connection.viewer, socket.connection.person = person, shape
    socket.connection.scopes = frozenset({"read", "write", "moderate"})
    if work := socket._run(frame):
        await work
    return await reply


PATHS = {"service": by_service, "rest": by_rest, "socket": by_socket}


@pytest.fixture
def seqs(world: World, settings: Any) -> dict[str, int]:
    """A message of each of them, where new accounts are held back for an hour."""
    settings.PARLEY = {**settings.PARLEY, "NEWCOMER_MINUTES": 60}
    return {name: say(getattr(world, name), ROOM, "first").seq for name in ("ben", "dora")}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(held=st.frozensets(st.sampled_from(HOLDS), max_size=4), name=st.sampled_from(["ben", "dora"]))
def test_whatever_holds_somebody_back_is_the_same_answer_on_every_path(world, seqs, held, name):
    for act in ACTS:
        for path, do in PATHS.items():
            arrange(world, name, held)
            answer = do(fresh(getattr(world, name)), act, seqs[name])
            assert answer == expected(act, name == "dora", held), f"{act} of {name} by {path} under {set(held)}"
