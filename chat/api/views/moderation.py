"""Muting, banning, removing much at once and bringing back, in a room or everywhere."""

from chat.api import answers, bodies
from chat.api.operation import Resource, operation
from chat.api.paging import link
from chat.api.request import Request
from chat.domain import shapes
from chat.domain.errors import Conflict, NotFound
from chat.queries import moderation
from chat.queries.people import named
from chat.services import removal, sanctions


class MessageRemoval(Resource):
    @operation("restore_message", scope="moderate", refusals=(Conflict,))
    def delete(self, request: Request, slug: str, seq: int, body: bodies.Why) -> shapes.Message:
        """Bring back what a moderator removed. When the time for that is over it is a `conflict`."""
        return removal.restore_message(actor=request.user, room=slug, seq=seq, reason=body.reason)


class RoomRemovalList(Resource):
    @operation("remove_messages", scope="moderate", refusals=(NotFound,))
    def post(self, request: Request, slug: str, body: bodies.NewRemovals) -> answers.Removed:
        """Remove all that somebody wrote in the room in a stretch of time."""
        return _remove(request, slug, body)


class RemovalList(Resource):
    @operation("remove_messages_everywhere", scope="moderate", refusals=(NotFound,))
    def post(self, request: Request, body: bodies.NewRemovals) -> answers.Removed:
        """Remove all that somebody wrote in any room in a stretch of time."""
        return _remove(request, None, body)


class RoomSanctionList(Resource):
    @operation("list_room_sanctions")
    def get(self, request: Request, slug: str, query: bodies.SanctionsQuery) -> answers.Sanctions:
        """The mutes and bans in force in the room, for its moderators."""
        return _list(request, slug, query)

    @operation("impose_room_sanction", status=201, scope="moderate", refusals=(Conflict,))
    def post(self, request: Request, slug: str, body: bodies.NewSanction) -> answers.Sanction:
        """Mute or ban somebody in the room, at once. A ban ends their membership."""
        return _impose(request, slug, body)


class RoomSanctionResource(Resource):
    @operation("lift_room_sanction", scope="moderate")
    def delete(self, request: Request, slug: str, sanction_id: int, body: bodies.Why) -> None:
        """End a mute or ban of the room before its time."""
        found = moderation.sanction(sanction_id, slug)
        sanctions.lift(actor=request.user, sanction=found, reason=body.reason)


class SanctionList(Resource):
    @operation("list_sanctions")
    def get(self, request: Request, query: bodies.SanctionsQuery) -> answers.Sanctions:
        """The mutes and bans in force everywhere, for who may impose them."""
        return _list(request, None, query)

    @operation("impose_sanction", status=201, scope="moderate", refusals=(NotFound,))
    def post(self, request: Request, body: bodies.NewSanction) -> answers.Sanction:
        """Mute or ban somebody everywhere, at once. A ban ends their sessions, tokens and sockets."""
        return _impose(request, None, body)


class SanctionResource(Resource):
    @operation("lift_sanction", scope="moderate")
    def delete(self, request: Request, sanction_id: int, body: bodies.Why) -> None:
        """End any mute or ban before its time."""
        sanctions.lift(actor=request.user, sanction=moderation.sanction(sanction_id), reason=body.reason)


def _list(request: Request, room: str | None, query: bodies.SanctionsQuery) -> answers.Sanctions:
    found = moderation.imposed(request.user, room, before=query.before, limit=query.limit + 1)
    shown = [answers.Sanction.of(row) for row in found[: query.limit]]
    more = link(request, before=shown[-1].id) if len(found) > len(shown) else None
    return answers.Sanctions(results=shown, next=more)


def _impose(request: Request, room: str | None, body: bodies.NewSanction) -> answers.Sanction:
    person = named(body.username)
    made = sanctions.impose(
        actor=request.user, person=person, kind=body.kind, reason=body.reason, room=room, ends_at=body.ends_at
    )
    return answers.Sanction.of(made)


def _remove(request: Request, room: str | None, body: bodies.NewRemovals) -> answers.Removed:
    removed = removal.remove_messages_of(
        actor=request.user,
        person=named(body.username),
        reason=body.reason,
        since=body.since,
        until=body.until,
        room=room,
    )
    return answers.Removed(removed)
