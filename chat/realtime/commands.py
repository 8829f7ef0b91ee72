"""What a client may say: each frame, the scope it needs, and the one call it makes."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from django.contrib.auth.models import AbstractUser

from chat.domain.errors import ChatError, Forbidden, Invalid
from chat.domain.policy import reaches
from chat.domain.shapes import Message, Person
from chat.queries import history
from chat.realtime.auth import Claim
from chat.realtime.bridge import call
from chat.realtime.connection import Connection
from chat.realtime.worker import Worker
from chat.services import messages, reactions, reading
from chat.services.acting import acting_by
from chat.wire import client, results, server
from chat.wire.errors import error_body


class Socket(Protocol):
    """What a command sees of the socket it came by."""

    worker: Worker
    connection: Connection

    async def sign_in(self, claim: Claim) -> Person: ...

    def after_reply(self, start: Callable[[], None]) -> None: ...


Service = Callable[[AbstractUser, Any], Message]

SERVICES: dict[type[client.ClientFrame], Service] = {
    client.EditMessage: lambda actor, f: messages.edit_message(actor=actor, room=f.room, seq=f.seq, body=f.body),
    client.DeleteMessage: lambda actor, f: messages.delete_message(
        actor=actor, room=f.room, seq=f.seq, reason=f.reason
    ),
    client.AddReaction: lambda actor, f: reactions.add_reaction(actor=actor, room=f.room, seq=f.seq, emoji=f.emoji),
    client.RemoveReaction: lambda actor, f: reactions.remove_reaction(
        actor=actor, room=f.room, seq=f.seq, emoji=f.emoji
    ),
    client.PinMessage: lambda actor, f: messages.pin_message(actor=actor, room=f.room, seq=f.seq),
    client.UnpinMessage: lambda actor, f: messages.unpin_message(actor=actor, room=f.room, seq=f.seq),
}
"""Frames that are one service call; the reply carries the message as it stands then."""


async def run(socket: Socket, frame: client.ClientFrame) -> results.Result:
    """Does what the frame says; returns the result of its reply. Raises ChatError."""
    room = getattr(frame, "room", None)
    if room is not None and not isinstance(frame, client.Subscribe):
        socket.connection.require_reach(room)
    if service := SERVICES.get(type(frame)):
        require_scope(socket.connection, "write")
        if isinstance(frame, client.DeleteMessage):
            await _require_scope_to_delete(socket.connection, frame)
        return results.MessageResult(await call(_act, service, socket.connection, frame))
    return await HANDLERS[type(frame)](socket, frame)


def _act(service: Service, connection: Connection, frame: client.ClientFrame) -> Message:
    with acting_by(connection.credential):
        return service(connection.viewer, frame)


def require_scope(connection: Connection, scope: str) -> None:
    """Raises Forbidden for a token that was not given this scope."""
    if scope not in connection.scopes:
        raise Forbidden(f"This token has no {scope} scope.")


async def _require_scope_to_delete(connection: Connection, frame: client.DeleteMessage) -> None:
    """As in REST, a token without `moderate` deletes its own person's messages alone, whatever the person may do."""
    if "moderate" not in connection.scopes:
        found = await call(history.message, connection.viewer, frame.room, frame.seq)
        if found.author.id != connection.viewer.pk:
            require_scope(connection, "moderate")


async def authenticate(socket: Socket, frame: client.Authenticate) -> results.SignedIn:
    """Signs an anonymous socket in."""
    if socket.connection.person is not None:
        raise Forbidden("This socket is signed in already; use refresh.")
    if bool(frame.ticket) == bool(frame.token):
        raise Invalid("Give a ticket or a token.")
    person = await socket.sign_in(Claim(ticket=frame.ticket, token=frame.token))
    return results.SignedIn(person, await socket.worker.rooms_of(socket.connection))


async def refresh(socket: Socket, frame: client.Refresh) -> results.Done:
    """Gives a socket new credentials of the same person."""
    await socket.sign_in(Claim(token=frame.token))
    connection = socket.connection
    for room in [room for room in connection.rooms if not reaches(connection.only, room)]:
        socket.worker.hub.unsubscribe(connection, room)
    return results.Done()


async def subscribe(socket: Socket, frame: client.Subscribe) -> results.Following:
    """Follows rooms; each is answered for itself."""
    require_scope(socket.connection, "read")
    wanted = list(frame.rooms)
    if frame.room is not None:
        wanted.append(client.Subscription(room=frame.room, after=frame.after, epoch=frame.epoch, most=frame.most))
    if not wanted:
        raise Invalid(fields={"room": "Name a room, or several in rooms."})
    answers = [await _subscribe(socket, each) for each in wanted]
    if frame.id is None:
        for refused in (each for each in answers if isinstance(each, results.NotSubscribed)):
            socket.connection.send(server.ErrorFrame(error=refused.error, room=refused.room))
    return results.Following(answers)


async def _subscribe(socket: Socket, wanted: client.Subscription) -> results.Subscribed | results.NotSubscribed:
    rooms = socket.connection.rooms
    try:
        if wanted.room not in rooms and len(rooms) >= client.MOST_SUBSCRIPTIONS:
            raise Invalid(f"A socket follows at most {client.MOST_SUBSCRIPTIONS} rooms.")
        head, start = await socket.worker.hub.subscribe(
            socket.connection, wanted.room, after=wanted.after, epoch=wanted.epoch, most=wanted.most
        )
    except ChatError as error:
        return results.NotSubscribed(wanted.room, error_body(error))
    socket.after_reply(start)
    greeting = socket.worker.presence.greet(wanted.room, socket.connection)
    socket.after_reply(lambda: socket.connection.send(greeting))
    return results.Subscribed(wanted.room, head)


async def unsubscribe(socket: Socket, frame: client.Unsubscribe) -> results.Done:
    """Follows a room no longer."""
    socket.worker.hub.unsubscribe(socket.connection, frame.room)
    return results.Done()


async def mark_read(socket: Socket, frame: client.MarkRead) -> results.Done:
    """Moves the read mark; forward in a followed room it is gathered with others."""
    require_scope(socket.connection, "write")
    if frame.room in socket.connection.rooms and not frame.back:
        socket.worker.note_read(frame.room, socket.connection, frame.seq)
    else:
        viewer = socket.connection.viewer
        socket.worker.marks.forget(viewer.pk, frame.room)
        await call(reading.mark_read, actor=viewer, room=frame.room, seq=frame.seq, back=frame.back)
    return results.Done()


async def set_typing(socket: Socket, frame: client.SetTyping) -> results.Done:
    """Tells the others in a followed room."""
    require_scope(socket.connection, "write")
    socket.worker.tell_typing(frame.room, socket.connection)
    return results.Done()


async def ping(socket: Socket, frame: client.Ping) -> results.Done:
    """Answers at once."""
    if frame.id is None:
        socket.connection.send(server.ServerPong())
    return results.Done()


async def pong(socket: Socket, frame: client.Pong) -> results.Done:
    """Needs no answer."""
    return results.Done()


Handler = Callable[[Socket, Any], Awaitable[results.Result]]
HANDLERS: dict[type[client.ClientFrame], Handler] = {
    client.Authenticate: authenticate,
    client.Refresh: refresh,
    client.Subscribe: subscribe,
    client.Unsubscribe: unsubscribe,
    client.MarkRead: mark_read,
    client.SetTyping: set_typing,
    client.Ping: ping,
    client.Pong: pong,
}
