"""The smallest client: what one knows of a room from its events, by the rule of the protocol."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from chat.domain.cursors import MAX_SEQ
from chat.domain.shapes import (
    Event,
    LogPage,
    Member,
    MemberEvent,
    Message,
    MessageEvent,
    PinEvent,
    ReactionEvent,
    Room,
    RoomEvent,
)
from chat.queries import history, log, rooms
from chat.queries.access import Viewer


@dataclass
class Replica:
    """A room as a client holds it: of two states of a message the one with the higher version is kept."""

    room: Room
    cursor: int = 0
    epoch: str = ""
    messages: dict[int, Message] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def take(self, after: int, events: Iterable[Event]) -> None:
        """Applies events, which must be contiguous from the cursor."""
        assert after == self.cursor, f"a frame behind {after} came to a cursor at {self.cursor}"
        for event in events:
            assert event.seq == self.cursor + 1, f"event {event.seq} came behind {self.cursor}"
            self._apply(event)
            self.cursor = event.seq

    def follow(self, viewer: Viewer, limit: int) -> None:
        """Reads the log from the cursor to its end, `limit` events at a time."""
        more = True
        while more:
            page = log.events_after(viewer, self.room.room, after=self.cursor, epoch=self.epoch or None, limit=limit)
            assert isinstance(page, LogPage), page
            self.take(self.cursor, page.events)
            assert self.cursor == page.cursor
            self.epoch, more = page.epoch, page.more

    def _apply(self, event: Event) -> None:
        match event:
            case MessageEvent(message=message):
                self._keep(message)
            case ReactionEvent(message=seq, version=version, reactions=reactions):
                self._keep(replace(self.messages[seq], version=version, reactions=reactions))
            case PinEvent(message=seq, version=version):
                self._keep(replace(self.messages[seq], version=version, pinned=event.kind == "message.pinned"))
            case MemberEvent(kind="member.left", member=member):
                self.members.pop(member.person.username, None)
            case MemberEvent(member=member):
                self.members[member.person.username] = member
            case RoomEvent(room=room):
                self.room = room

    def _keep(self, message: Message) -> None:
        held = self.messages.get(message.seq)
        if held is None or message.version > held.version:
            self.messages[message.seq] = message


def snapshot(viewer: Viewer, slug: str, limit: int = 100) -> Replica:
    """The room as the pages show it now, read backwards from the newest message."""
    page = history.page(viewer, slug, limit=limit)
    found = Replica(rooms.visible_room(viewer, slug), page.head, page.epoch)
    found.members = {member.person.username: member for member in rooms.members(viewer, slug)}
    before = MAX_SEQ
    while page.messages:
        assert [message.seq for message in page.messages] == sorted(
            (message.seq for message in page.messages if message.seq < before), reverse=True
        )
        found.messages |= {message.seq: message for message in page.messages}
        before = page.messages[-1].seq
        page = history.page(viewer, slug, before=before, limit=limit)
    return found
