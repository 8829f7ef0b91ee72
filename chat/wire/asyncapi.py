"""The AsyncAPI document of sockets and streams, from the Structs that decode and encode their frames.

Commands, shapes, kinds of events, errors and close codes are those of the code; only the addresses and what a
handshake may carry are written here.
"""

from collections.abc import Iterable
from functools import cache
from inspect import getdoc
from typing import Any, get_args

from msgspec import Struct

from chat.domain.closing import REASONS
from chat.domain.errors import ALL
from chat.domain.shapes import Event
from chat.domain.text import SLUG
from chat.wire import client, results, server
from chat.wire.addresses import ROOM_SOCKET, SOCKET, STREAM, STREAM_WORDS, RoomSocketQuery, SocketQuery, StreamQuery
from chat.wire.codecs import CODECS
from chat.wire.errors import ErrorBody
from chat.wire.schema import Schema, any_of, reference, schemas_of, variant

WORDS = """A room is a log of numbered events. A client keeps one cursor per room, the `seq` of the last event it
has seen, and the `epoch` it came with; whoever hands it back gets everything behind it, on any transport. REST,
polling and long polling are described by `/api/v1/schema/`. New commands, fields, kinds and codes may come: pass over
what you do not know.
"""
SOCKET_WORDS = """One object a frame; `command` says which. A frame with an `id` is answered by a `reply` with the same.

The subprotocol is the format: JSON in text frames (also when none is offered), MessagePack of the same values, or
Protobuf as in `/static/chat/chat.proto`, both in binary frames.
"""
ADVICE = {41: "come back with back-off", 42: "come back at once with new credentials"}
"""What a close code's range says; all others stay away."""


EVENTS = variant(server.Events, events=list[Any])
FOLLOWING = variant(results.Following, rooms=list[Any])
REPLIES: dict[type, type[Struct]] = {
    kind: variant(
        server.Reply, f"{kind.__name__}Reply", result=FOLLOWING if kind is results.Following else kind, error=None
    )
    for kind in get_args(results.Result)
}
REFUSAL = variant(server.Reply, "ErrorReply", result=None, error=ErrorBody)
"""A reply carries either a result, by its command one of REPLIES, or this error."""

HEARD: tuple[type[client.ClientFrame], ...] = get_args(client.AnyClientFrame)
SAID: tuple[type[Struct], ...] = tuple(
    EVENTS if kind is server.Events else kind for kind in get_args(server.AnyServerFrame) if kind is not server.Reply
)
ANSWERS = (*REPLIES.values(), REFUSAL)
SOCKETS_ONLY = {server.Hello, server.ServerPong}
"""What a stream, which is only listened to, does not say."""


def result_of(frame: type[client.ClientFrame]) -> type:
    """What the reply to a client frame carries when the command was done."""
    if issubclass(frame, client.OnMessage | client.SendMessage):
        return results.MessageResult
    kinds = {client.Authenticate: results.SignedIn, client.Subscribe: results.Following}
    return kinds.get(frame, results.Done)


@cache
def document() -> Schema:
    """The whole document, from the application's point of view: it receives what clients say."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Parley: sockets and streams", "version": "1", "description": WORDS},
        "defaultContentType": "application/json",
        "servers": {"sockets": _server("ws"), "streams": _server("http")},
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "schemas": _components(),
            "messages": {kind.__name__: _message(kind) for kind in (*HEARD, *SAID, *ANSWERS)},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "httpApiKey", "in": "cookie", "name": "sessionid"},
                "ticket": {"type": "httpApiKey", "in": "query", "name": "ticket"},
            },
        },
    }


# --- Where -----------------------------------------------------------------------------------------------------------


def _server(protocol: str) -> Schema:
    schemes = ("token", "session", "ticket") if protocol == "ws" else ("token", "session")
    return {
        "host": "{host}",
        "protocol": protocol,
        "description": f"This installation; behind TLS it is {protocol}s.",
        "variables": {"host": {"default": "127.0.0.1:8000"}},
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in schemes],
    }


def _channels() -> Schema:
    slug = {"slug": {"description": f"The room's name in addresses: `{SLUG.pattern}`."}}
    return {
        "socket": _socket(SOCKET, "All rooms of a client over one socket.", SocketQuery),
        "room": _socket(ROOM_SOCKET, "The same, following one room once signed in.", RoomSocketQuery)
        | {"parameters": slug},
        "stream": {
            "address": STREAM,
            "title": "Rooms as server-sent events.",
            "description": STREAM_WORDS,
            "servers": [{"$ref": "#/servers/streams"}],
            "messages": _named(_streamed()),
        },
    }


def _socket(address: str, title: str, query: type[Struct]) -> Schema:
    subprotocol = {"type": "string", "enum": list(CODECS), "default": next(iter(CODECS))}
    headers = {"type": "object", "properties": {"Sec-WebSocket-Protocol": subprotocol}}
    return {
        "address": address,
        "title": title,
        "description": SOCKET_WORDS,
        "servers": [{"$ref": "#/servers/sockets"}],
        "messages": _named((*HEARD, *SAID, *ANSWERS)),
        "bindings": {"ws": {"method": "GET", "query": reference(query), "headers": headers}},
    }


def _named(kinds: Iterable[type]) -> Schema:
    return {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"} for kind in kinds}


def _streamed() -> list[type]:
    return [kind for kind in SAID if kind not in SOCKETS_ONLY]


# --- What ------------------------------------------------------------------------------------------------------------


def _operations() -> Schema:
    """On `/ws/` one for each command with what answers it; elsewhere what may be said and heard."""
    commands = {
        str(frame.__struct_config__.tag): _operation("receive", "socket", [frame])
        | {"reply": _place("socket", _answers(frame))}
        for frame in HEARD
    }
    return commands | {
        "say": _operation("send", "socket", SAID),
        "room-receive": _operation("receive", "room", HEARD),
        "room-say": _operation("send", "room", (*SAID, *ANSWERS)),
        "stream": _operation("send", "stream", _streamed())
        | {"bindings": {"http": {"method": "GET", "query": reference(StreamQuery)}}},
    }


def _answers(frame: type[client.ClientFrame]) -> list[type]:
    """What answers a command: with an id a reply (to a send one of two), without one an error or, to a ping, a pong."""
    pong = [server.ServerPong] if frame is client.Ping else []
    held = [REPLIES[results.HeldResult]] if frame is client.SendMessage else []
    return [REPLIES[result_of(frame)], REFUSAL, server.ErrorFrame, *pong, *held]


def _operation(action: str, channel: str, kinds: Iterable[type]) -> Schema:
    return {"action": action, **_place(channel, kinds)}


def _place(channel: str, kinds: Iterable[type]) -> Schema:
    where = f"#/channels/{channel}"
    return {
        "channel": {"$ref": where},
        "messages": [{"$ref": f"{where}/messages/{kind.__name__}"} for kind in kinds],
    }


def _message(kind: type[Struct]) -> Schema:
    return {"name": kind.__struct_config__.tag, "summary": getdoc(kind), "payload": reference(kind)}


def _components() -> dict[str, Schema]:
    """All shapes, with what a generated schema cannot say: unions that no tag tells apart, and what codes mean."""
    events, followed = get_args(Event), (results.Subscribed, results.NotSubscribed)
    kinds = (*HEARD, *SAID, *ANSWERS, *events, *followed, SocketQuery, RoomSocketQuery, StreamQuery)
    _, components = schemas_of(kinds)
    components["Event"] = any_of(events, title="Event", description="A change of a room.")
    components["Events"]["properties"]["events"]["items"] = {"$ref": "#/components/schemas/Event"}
    components["Following"]["properties"]["rooms"]["items"] = any_of(followed)
    components["ErrorBody"]["properties"]["code"]["description"] = _table(
        f"`{code}`: {error.default}" for code, error in ALL.items()
    )
    components["CloseCode"]["description"] = _table(
        f"{code}: {reason} Then {ADVICE.get(code // 100, 'stay away')}." for code, reason in REASONS.items()
    )
    return components


def _table(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
