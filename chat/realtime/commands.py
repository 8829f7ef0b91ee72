"""What a client may say: each frame, the scope it needs, and the one call it makes."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from django.contrib.auth.models import AbstractUser

from chat.domain.errors import ChatError, Forbidden, Invalid
from chat.domain.shapes import Person
from chat.realtime.auth import Claim
from chat.realtime.bridge import call
from chat.realtime.connection import Connection
from chat.realtime.worker import Worker
from chat.services import messages, reactions, reading
from chat.wire import frames
from chat.wire.codecs import error_body


class Socket(Protocol):
    """What a command sees of the socket it came by."""

    worker: Worker
    connection: Connection

    async def sign_in(self, claim: Claim) -> Person: ...

    def after_reply(self, start: Callable[[], None]) -> None: ...


Service = Callable[[AbstractUser, Any], Any]

SERVICES: dict[type[frames.ClientFrame], Service] = {
    frames.EditMessage: lambda actor, f: messages.edit_message(actor=actor, room=f.room, seq=f.seq, body=f.body),
    frames.DeleteMessage: lambda actor, f: messages.delete_message(
        actor=actor, room=f.room, seq=f.seq, reason=f.reason
    ),
    frames.AddReaction: lambda actor, f: reactions.add_reaction(actor=actor, room=f.room, seq=f.seq, emoji=f.emoji),
    frames.RemoveReaction: lambda actor, f: reactions.remove_reaction(
        actor=actor, room=f.room, seq=f.seq, emoji=f.emoji
    ),
    frames.PinMessage: lambda actor, f: messages.pin_message(actor=actor, room=f.room, seq=f.seq),
    frames.UnpinMessage: lambda actor, f: messages.unpin_message(actor=actor, room=f.room, seq=f.seq),
}
"""Frames that are one service call; the reply carries the message as it stands then."""


async def run(socket: Socket, frame: frames.ClientFrame) -> Any:
    """Does what the frame says; returns the result of its reply. Raises ChatError."""
    if service := SERVICES.get(type(frame)):
        require_scope(socket.connection, "write")
        return {"message": await call(service, socket.connection.viewer, frame)}
    return await HANDLERS[type(frame)](socket, frame)


def require_scope(connection: Connection, scope: str) -> None:
    """Raises Forbidden for a token that was not given this scope."""
    if scope not in connection.scopes:
        raise Forbidden(f"This token has no {scope} scope.")


async def authenticate(socket: Socket, frame: frames.Authenticate) -> Any:
    """Signs an anonymous socket in."""
    if socket.connection.person is not None:
        raise Forbidden("This socket is signed in already; use refresh.")
    if bool(frame.ticket) == bool(frame.token):
        raise Invalid("Give a ticket or a token.")
    person = await socket.sign_in(Claim(ticket=frame.ticket, token=frame.token))
    return {"person": person, "rooms": await socket.worker.rooms_of(person.id)}


async def refresh(socket: Socket, frame: frames.Refresh) -> Any:
    """Gives a socket new credentials of the same person."""
    await socket.sign_in(Claim(token=frame.token))
    return {}


async def subscribe(socket: Socket, frame: frames.Subscribe) -> Any:
    """Follows rooms; each is answered for itself."""
    require_scope(socket.connection, "read")
    wanted = list(frame.rooms)
    if frame.room is not None:
        wanted.append(frames.Subscription(room=frame.room, after=frame.after, epoch=frame.epoch, most=frame.most))
    if not wanted:
        raise Invalid(fields={"room": "Name a room, or several in rooms."})
    answers = [await _subscribe(socket, each) for each in wanted]
    if frame.id is None:
        for refused in (each for each in answers if isinstance(each, frames.NotSubscribed)):
            socket.connection.send(frames.ErrorFrame(error=refused.error, room=refused.room))
    return {"rooms": answers}


async def _subscribe(socket: Socket, wanted: frames.Subscription) -> frames.Subscribed | frames.NotSubscribed:
    rooms = socket.connection.rooms
    try:
        if wanted.room not in rooms and len(rooms) >= frames.MOST_SUBSCRIPTIONS:
            raise Invalid(f"A socket follows at most {frames.MOST_SUBSCRIPTIONS} rooms.")
        head, start = await socket.worker.hub.subscribe(
            socket.connection, wanted.room, after=wanted.after, epoch=wanted.epoch, most=wanted.most
        )
    except ChatError as error:
        return frames.NotSubscribed(wanted.room, error_body(error))
    socket.after_reply(start)
    greeting = socket.worker.presence.greet(wanted.room)
    socket.after_reply(lambda: socket.connection.send(greeting))
    return frames.Subscribed(wanted.room, head)


async def unsubscribe(socket: Socket, frame: frames.Unsubscribe) -> Any:
    """Follows a room no longer."""
    socket.worker.hub.unsubscribe(socket.connection, frame.room)
    return {}


async def mark_read(socket: Socket, frame: frames.MarkRead) -> Any:
    """Moves the read mark; forward in a followed room it is gathered with others."""
    require_scope(socket.connection, "write")
    if frame.room in socket.connection.rooms and not frame.back:
        socket.worker.note_read(frame.room, socket.connection, frame.seq)
    else:
        viewer = socket.connection.viewer
        await call(reading.mark_read, actor=viewer, room=frame.room, seq=frame.seq, back=frame.back)
    return {}


async def set_typing(socket: Socket, frame: frames.SetTyping) -> Any:
    """Tells the others in a followed room."""
    require_scope(socket.connection, "write")
    socket.worker.tell_typing(frame.room, socket.connection)
    return {}


async def ping(socket: Socket, frame: frames.Ping) -> Any:
    """Answers at once."""
    if frame.id is None:
        socket.connection.send(frames.ServerPong())
    return {}


async def pong(socket: Socket, frame: frames.Pong) -> Any:
    """Needs no answer."""
    return {}


Handler = Callable[[Socket, Any], Awaitable[Any]]
HANDLERS: dict[type[frames.ClientFrame], Handler] = {
    frames.Authenticate: authenticate,
    frames.Refresh: refresh,
    frames.Subscribe: subscribe,
    frames.Unsubscribe: unsubscribe,
    frames.MarkRead: mark_read,
    frames.SetTyping: set_typing,
    frames.Ping: ping,
    frames.Pong: pong,
}
