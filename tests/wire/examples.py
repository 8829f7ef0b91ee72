"""One example and more of everything that the wire says, with values that are easily lost on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chat.domain import shapes
from chat.domain.closing import CloseCode
from chat.domain.shapes import Person
from chat.wire import client, results, server
from chat.wire.errors import ErrorBody

HIGHEST = 2**53 - 1
WHEN = datetime(2026, 1, 31, 12, 0, 0, 7, tzinfo=UTC)
LATER = datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC)
TEXT = 'Grüße, 世界 👩‍👩‍👧 שלום\n\t"quoted" \\ <b>&amp;</b>'
EPOCH = "e6f1"

ANNA = Person(1, "anna", "Anna Ångström")
TIDE = Person(HIGHEST, "tide", "", kind="bot", avatar="/media/tide.png")
THUMB = shapes.Reaction("👍🏽", 51, ["anna", "ben"])

FRESH = shapes.Message(
    room="harbour",
    seq=1,
    version=1,
    client_id="",
    author=ANNA,
    body=TEXT,
    html="",
    reply_to=None,
    mentions=[],
    reactions=[],
    pinned=False,
    created_at=WHEN,
    edited_at=None,
    deleted=None,
)
FULL = shapes.Message(
    room="harbour",
    seq=HIGHEST,
    version=HIGHEST,
    client_id="c" * 64,
    author=TIDE,
    body="",
    html="<p>gone</p>",
    reply_to=0,
    mentions=["anna", "ben"],
    reactions=[THUMB, shapes.Reaction("", 0, [])],
    pinned=True,
    created_at=WHEN,
    edited_at=LATER,
    deleted=shapes.Deletion(LATER, "moderator", ""),
)
ROOM = shapes.Room("harbour", "Harbour", "", "open", False, WHEN, [])
DIRECT = shapes.Room("a-b", "", TEXT, "direct", True, WHEN, [ANNA, TIDE])
SUMMARY = shapes.RoomSummary("harbour", "Harbour", "", "open", False, WHEN, [], None, 0, 0, 0, 0)
BUSY = shapes.RoomSummary(
    "a-b", "", TEXT, "direct", True, WHEN, [ANNA], "owner", HIGHEST, 3, 2, 1, muted=shapes.Mute(TEXT, 0)
)
QUIET = shapes.RoomSummary(
    "quiet", "", "", "open", False, WHEN, [], None, 0, 0, 0, 0, muted=shapes.Mute("until somebody lifts it")
)
LIMITS = server.Limits(8000, 65536, 100, 500, 10, 1.5)
REFUSED = ErrorBody("invalid", "No.", 0, {"body": TEXT, "": ""})

EVENTS: list[shapes.Event] = [
    shapes.MessageEvent(1, "message.created", WHEN, "anna", FRESH),
    shapes.MessageEvent(2, "message.edited", LATER, "anna", FULL),
    shapes.MessageEvent(HIGHEST, "message.deleted", LATER, "tide", FULL),
    shapes.MessageEvent(3, "message.restored", LATER, "tide", FRESH),
    shapes.ReactionEvent(4, "reaction.added", WHEN, "anna", 1, 4, "👍🏽", [THUMB]),
    shapes.ReactionEvent(5, "reaction.removed", WHEN, "anna", HIGHEST, 5, "👍🏽", []),
    shapes.PinEvent(6, "message.pinned", WHEN, "anna", 0, 0),
    shapes.PinEvent(7, "message.unpinned", WHEN, "anna", 1, HIGHEST),
    shapes.MemberEvent(8, "member.joined", WHEN, "anna", shapes.Member(ANNA, "member")),
    shapes.MemberEvent(9, "member.left", WHEN, "anna", shapes.Member(TIDE, "guest")),
    shapes.MemberEvent(10, "member.changed", WHEN, "anna", shapes.Member(TIDE, "owner")),
    shapes.RoomEvent(11, "room.changed", WHEN, "anna", ROOM),
    shapes.RoomEvent(12, "room.changed", WHEN, "anna", DIRECT),
]

CLIENT_FRAMES: list[client.AnyClientFrame] = [
    client.Authenticate(ticket="t"),
    client.Authenticate(id="", token=TEXT),
    client.Refresh(id=HIGHEST, token="t"),
    client.Subscribe(id=0, room="harbour"),
    client.Subscribe(id=-HIGHEST, room="harbour", after=0, epoch="", most=0),
    client.Subscribe(id="i" * 64, room="harbour", after=HIGHEST, epoch=EPOCH, most=None),
    client.Subscribe(
        rooms=[
            client.Subscription(room="harbour"),
            client.Subscription(room="bridge", after=0, epoch=EPOCH, most=HIGHEST),
            client.Subscription(room="a-b", after=3, epoch=EPOCH, most=None),
        ]
    ),
    client.Unsubscribe(id=1, room="harbour"),
    client.SendMessage(id="a", room="harbour", message=client.Outgoing(client_id="c", body=TEXT)),
    client.SendMessage(id="b", room="", message=client.Outgoing(client_id="", body="", reply_to=0)),
    client.EditMessage(id=1, room="harbour", seq=HIGHEST, body=TEXT),
    client.DeleteMessage(id=1, room="harbour", seq=0),
    client.DeleteMessage(id=1, room="harbour", seq=1, reason=TEXT),
    client.AddReaction(id=1, room="harbour", seq=1, emoji="👍🏽"),
    client.RemoveReaction(id=1, room="harbour", seq=1, emoji=""),
    client.PinMessage(id=1, room="harbour", seq=1),
    client.UnpinMessage(id=1, room="harbour", seq=1),
    client.MarkRead(id=1, room="harbour", seq=1),
    client.MarkRead(id=1, room="harbour", seq=0, back=True),
    client.SetTyping(room="harbour"),
    client.Ping(),
    client.Ping(id=1),
    client.Pong(),
]

SERVER_FRAMES: list[server.AnyServerFrame] = [
    server.Hello(
        connection_id="1-1",
        epoch=EPOCH,
        person=None,
        rooms=[],
        limits=LIMITS,
        heartbeat_interval_ms=25000,
        server_time=WHEN,
    ),
    server.Hello(
        connection_id="1-2",
        epoch=EPOCH,
        person=TIDE,
        rooms=[SUMMARY, BUSY, QUIET],
        limits=LIMITS,
        heartbeat_interval_ms=0,
        server_time=WHEN,
    ),
    server.Reply(id=1, result=results.Done()),
    server.Reply(id="", result=results.MessageResult(FULL)),
    server.Reply(id=0, result=results.HeldResult()),
    server.Reply(id=0, result=results.SignedIn(ANNA, [])),
    server.Reply(id="i" * 64, result=results.SignedIn(TIDE, [SUMMARY, BUSY])),
    server.Reply(
        id=-HIGHEST,
        result=results.Following([results.Subscribed("harbour", 0), results.NotSubscribed("bridge", REFUSED)]),
    ),
    server.Reply(id=HIGHEST, error=REFUSED),
    server.Reply(id="a", error=ErrorBody("unavailable", "Later.")),
    server.ErrorFrame(error=REFUSED),
    server.ErrorFrame(error=ErrorBody("not_found", ""), room="bridge"),
    *(server.Events(room="harbour", after=event.seq - 1, events=[event]) for event in EVENTS),
    server.Events(room="harbour", after=0, events=EVENTS, more=True),
    server.Live(room="harbour", head=0, epoch=EPOCH),
    server.LimitedFrame(room="harbour", head=HIGHEST, epoch=EPOCH),
    *(
        server.ResetFrame(room="harbour", reason=reason, oldest=1, head=HIGHEST, epoch=EPOCH)
        for reason in ("epoch", "ahead", "trimmed")
    ),
    server.Typing(room="harbour", person=server.TypingPerson("anna", TEXT)),
    server.Presence(room="harbour", count=2, people=[server.TypingPerson("anna", ""), server.TypingPerson("b", "B")]),
    server.Presence(room="harbour", count=0, people=[]),
    server.Read(room="harbour", seq=HIGHEST),
    server.Rooms(),
    server.Rooms(reports=True),
    server.ServerPing(heads={}),
    server.ServerPing(heads={"harbour": HIGHEST, "bridge": 0}),
    server.ServerPong(),
    server.Disconnect(code=CloseCode.SIGNED_OUT, reason="signed out", retry=False),
    server.Disconnect(code=CloseCode.RATE, reason="", retry=True, retry_after_ms=0),
]


def named(frames: list[Any]) -> Iterator[tuple[str, Any]]:
    """Each frame with a name of its own: its command, for events their kind, and a number from the second on."""
    seen: dict[str, int] = {}
    for frame in frames:
        name = frame.__struct_config__.tag
        if isinstance(frame, server.Events):
            name = frame.events[0].kind if len(frame.events) == 1 else name
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}.{seen[name]}"), frame
