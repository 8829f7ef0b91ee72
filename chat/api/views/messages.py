"""The messages of a room."""

from rest_framework.response import Response

from chat.api import answers, bodies
from chat.api.auth import credential_of, has_scope, require_scope
from chat.api.operation import Resource, operation
from chat.api.paging import link
from chat.api.request import Request
from chat.domain import shapes
from chat.domain.cursors import MAX_SEQ
from chat.domain.errors import Banned, Blocked, Conflict, Locked, Muted, RateLimited, SlowMode
from chat.queries import history
from chat.services import messages
from chat.services.cases import report_message
from chat.services.collector import post_message
from chat.services.posting import Held, Send
from chat.wire.results import HeldResult


class MessageList(Resource):
    @operation("list_messages")
    def get(self, request: Request, slug: str, query: bodies.HistoryQuery) -> answers.History:
        """History, the newest first: the newest page, or the one `before`, `after` or `around` a seq.

        With `reply_to` only the answers to one message.

        Following the log from the `head` and `epoch` of the answer misses nothing.
        """
        page = history.page(
            request.user,
            slug,
            before=query.before,
            after=query.after,
            around=query.around,
            reply_to=query.reply_to,
            limit=query.limit,
        )
        older, newer = _neighbours(page, query)
        return answers.History(
            results=page.messages,
            next=link(request, before=older) if page.has_older else None,
            previous=link(request, after=newer) if page.has_newer else None,
            head=page.head,
            epoch=page.epoch,
        )

    @operation(
        "send_message",
        answers={201: shapes.Message, 200: shapes.Message, 202: HeldResult},
        refusals=(Conflict, RateLimited, Locked, Muted, Banned, SlowMode, Blocked),
    )
    def post(self, request: Request, slug: str, body: bodies.NewMessage) -> Response:
        """Send a message; the answer comes once it is stored for good.

        201 the first time, 200 with the same message whenever the same `client_id` is sent again, `conflict` when it
        comes with another text. 202 when it waits for a moderator; once approved it comes as an event. Who is not a
        member of an open room joins by it.
        """
        send = Send(request.user.pk, slug, body.client_id, body.body, body.reply_to, credential_of(request))
        posted = post_message(send)
        if isinstance(posted, Held):
            return Response(HeldResult(), status=202)
        return Response(posted.message, status=201 if posted.created else 200)


class MessageResource(Resource):
    @operation("show_message")
    def get(self, request: Request, slug: str, seq: int) -> shapes.Message:
        """One message in its newest state."""
        return history.message(request.user, slug, seq)

    @operation("edit_message", refusals=(Conflict, Locked, Muted, Banned, Blocked))
    def patch(self, request: Request, slug: str, seq: int, body: bodies.Edit) -> shapes.Message:
        """Give one's own message another text. For a deleted one it is a `conflict`."""
        return messages.edit_message(actor=request.user, room=slug, seq=seq, body=body.body)

    @operation("delete_message")
    def delete(self, request: Request, slug: str, seq: int, body: bodies.Removal) -> shapes.Message:
        """Erase one's own message, or as a moderator another's, for which a token needs the scope `moderate`."""
        if not has_scope(request, "moderate") and not self._is_own(request, slug, seq):
            require_scope(request, "moderate")
        return messages.delete_message(actor=request.user, room=slug, seq=seq, reason=body.reason)

    @staticmethod
    def _is_own(request: Request, slug: str, seq: int) -> bool:
        return history.message(request.user, slug, seq).author.id == request.user.pk


class MessageReport(Resource):
    @operation("report_message", status=201, refusals=(Conflict, RateLimited))
    def post(self, request: Request, slug: str, seq: int, body: bodies.NewReport) -> answers.Report:
        """Tell the moderators what is wrong with another's message; once, until they have decided."""
        made = report_message(actor=request.user, room=slug, seq=seq, reason=body.reason)
        return answers.Report.of(made)


class MessagePin(Resource):
    @operation("pin_message", refusals=(Conflict, Locked))
    def put(self, request: Request, slug: str, seq: int) -> shapes.Message:
        """Pin a message for all."""
        return messages.pin_message(actor=request.user, room=slug, seq=seq)

    @operation("unpin_message", refusals=(Conflict, Locked))
    def delete(self, request: Request, slug: str, seq: int) -> shapes.Message:
        """Take the pin off."""
        return messages.unpin_message(actor=request.user, room=slug, seq=seq)


def _neighbours(page: shapes.HistoryPage, query: bodies.HistoryQuery) -> tuple[int, int]:
    """The seqs before which the older and behind which the newer messages are."""
    if page.messages:
        return page.messages[-1].seq, page.messages[0].seq
    bound = query.before or query.after or query.around or 0
    return min(bound + 1, MAX_SEQ), max(bound - 1, 0)
