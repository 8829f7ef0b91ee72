"""Reactions to messages."""

from chat.api import answers, bodies
from chat.api.operation import Resource, operation
from chat.api.paging import link
from chat.api.request import Request
from chat.domain import shapes
from chat.domain.errors import Conflict, Locked
from chat.queries import reactions as queries
from chat.services import reactions as services


class MessageReaction(Resource):
    @operation("add_reaction", refusals=(Conflict, Locked))
    def put(self, request: Request, slug: str, seq: int, emoji: str) -> shapes.Message:
        """React with an emoji; the same one again changes nothing. For a deleted message it is a `conflict`."""
        return services.add_reaction(actor=request.user, room=slug, seq=seq, emoji=emoji)

    @operation("remove_reaction", refusals=(Locked,))
    def delete(self, request: Request, slug: str, seq: int, emoji: str) -> shapes.Message:
        """Take one's reaction back."""
        return services.remove_reaction(actor=request.user, room=slug, seq=seq, emoji=emoji)


class OwnReactionList(Resource):
    @operation("list_my_reactions")
    def get(self, request: Request, slug: str, query: bodies.RangeQuery) -> answers.MyReactions:
        """One's own reactions in the room, which no shape tells because all shapes are the same for everyone."""
        found = queries.mine(request.user, slug, after=query.after, before=query.before, limit=query.limit + 1)
        shown = found[: query.limit]
        more = link(request, after=query.after, before=shown[-1].seq) if len(found) > len(shown) else None
        return answers.MyReactions(results=shown, next=more)
