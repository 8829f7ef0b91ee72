"""One's own read mark in a room."""

from chat.api import answers, bodies
from chat.api.operation import Resource, operation
from chat.api.request import Request
from chat.queries.rooms import summary
from chat.services.reading import mark_read


class ReadMark(Resource):
    @operation("show_read_mark")
    def get(self, request: Request, slug: str) -> answers.ReadMark:
        """Up to where one has read the room, and what waits behind it."""
        room = summary(request.user, slug)
        return answers.ReadMark(seq=room.read, head=room.head, unread=room.unread, mentions=room.mentions)

    @operation("mark_read")
    def put(self, request: Request, slug: str, body: bodies.Mark) -> None:
        """Move the mark forward, or with `back` to an earlier place. One's other devices are told."""
        mark_read(actor=request.user, room=slug, seq=body.seq, back=body.back)
