"""Rooms, direct rooms, and rooms that are closed for writing."""

from chat.api import answers, bodies
from chat.api.auth import require_all_rooms, rooms_of
from chat.api.operation import Resource, operation
from chat.api.paging import link
from chat.api.request import Request
from chat.domain import shapes
from chat.domain.errors import Conflict, Locked, Muted, NotFound, RateLimited
from chat.domain.policy import reaches
from chat.queries import rooms as queries
from chat.queries.installation import installation
from chat.services import rooms as services
from chat.services.limits import spend


class RoomList(Resource):
    @operation("list_rooms", roomless=True, refusals=(RateLimited,))
    def get(self, request: Request, query: bodies.RoomsQuery) -> answers.MyRooms | answers.OpenRooms:
        """The rooms one belongs to, with what is unread; or with `scope=open` the rooms one may join."""
        if query.scope == "mine":
            # The epoch is read first: if another begins in between, the cursors are reset, never believed.
            epoch = installation().epoch
            mine = [room for room in queries.rooms_of(request.user) if reaches(rooms_of(request), room.room)]
            return answers.MyRooms(results=mine, epoch=epoch)
        require_all_rooms(request)
        spend("SEARCHES_PER_PERSON", request.user.pk)
        found = queries.open_rooms(request.user, text=query.q, after=query.after, limit=query.limit + 1)
        shown = found[: query.limit]
        more = link(request, after=shown[-1].room) if len(found) > len(shown) else None
        return answers.OpenRooms(results=shown, next=more)

    @operation("create_room", status=201, refusals=(Conflict, Muted))
    def post(self, request: Request, body: bodies.NewRoom) -> shapes.Room:
        """Make an open or private room, which one owns. A name that was ever used is a `conflict`.

        With `announcements` only moderators write in it; between two messages of anybody else `slow_seconds` must pass.
        """
        return services.create_room(
            actor=request.user,
            slug=body.room,
            title=body.title,
            topic=body.topic,
            kind=body.kind,
            announcements=body.announcements,
            slow_seconds=body.slow_seconds,
        )


class RoomResource(Resource):
    @operation("show_room")
    def get(self, request: Request, slug: str) -> shapes.RoomSummary:
        """One room, with up to where one has read it."""
        return queries.summary(request.user, slug)

    @operation("change_room", scope="moderate", refusals=(Locked,))
    def patch(self, request: Request, slug: str, body: bodies.RoomChange) -> shapes.Room:
        """Give the room another title or topic, or say who writes in it and how often."""
        return services.change_room(
            actor=request.user,
            room=slug,
            title=body.title,
            topic=body.topic,
            announcements=body.announcements,
            slow_seconds=body.slow_seconds,
        )


class DirectRoomList(Resource):
    @operation("open_direct_room", refusals=(NotFound, Muted))
    def post(self, request: Request, body: bodies.NewDirectRoom) -> shapes.Room:
        """The direct room of oneself and these people, made when it is not there yet."""
        return services.open_direct_room(actor=request.user, people=body.people)


class RoomArchive(Resource):
    @operation("archive_room", scope="moderate")
    def put(self, request: Request, slug: str) -> shapes.Room:
        """Close the room for writing and take it off the lists; its history stays readable."""
        return services.archive_room(actor=request.user, room=slug)

    @operation("unarchive_room", scope="moderate")
    def delete(self, request: Request, slug: str) -> shapes.Room:
        """Open an archived room again."""
        return services.unarchive_room(actor=request.user, room=slug)
