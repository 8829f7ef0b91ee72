"""Who belongs to a room, oneself or others."""

from chat.api import answers, bodies
from chat.api.operation import Resource, operation
from chat.api.request import Request
from chat.domain.errors import Conflict, Locked
from chat.queries import rooms
from chat.services import memberships


class MemberList(Resource):
    @operation("list_members")
    def get(self, request: Request, slug: str) -> answers.Members:
        """The members of the room and their roles."""
        return answers.Members(results=rooms.members(request.user, slug))

    @operation("add_member", scope="moderate", refusals=(Conflict, Locked))
    def post(self, request: Request, slug: str, body: bodies.NewMember) -> None:
        """Bring somebody in, with at most one's own role. Who is in already keeps theirs."""
        memberships.add_member(actor=request.user, room=slug, username=body.username, role=body.role)


class MemberResource(Resource):
    @operation("change_member", scope="moderate", refusals=(Conflict, Locked))
    def patch(self, request: Request, slug: str, username: str, body: bodies.RoleChange) -> None:
        """Give a member another role. Of the last owner it is a `conflict`."""
        memberships.change_member(actor=request.user, room=slug, username=username, role=body.role)

    @operation("remove_member", scope="moderate", refusals=(Conflict,))
    def delete(self, request: Request, slug: str, username: str, body: bodies.Why) -> None:
        """End another's membership."""
        memberships.remove_member(actor=request.user, room=slug, username=username, reason=body.reason)


class OwnMembership(Resource):
    @operation("join_room", refusals=(Locked,))
    def put(self, request: Request, slug: str) -> None:
        """Join an open room. Who belongs to a room already stays what they are."""
        memberships.join_room(actor=request.user, room=slug)

    @operation("leave_room", refusals=(Conflict,))
    def delete(self, request: Request, slug: str) -> None:
        """Leave the room. For the last owner among others it is a `conflict`."""
        memberships.leave_room(actor=request.user, room=slug)
