"""The smallest client: a room as one holds it who was told its events and pages, by the rules of the protocol."""

from typing import Any

from tests.inhabited import Chat

Frame = dict[str, Any]


class Mirror:
    """A room by events and pages: of two states of a message the one with the higher version is kept."""

    def __init__(self) -> None:
        self.cursor = 0
        self.messages: dict[int, Frame] = {}
        self.members: dict[str, str] = {}
        self.room: Frame = {}

    def take(self, events: list[Frame]) -> None:
        """Applies events that are contiguous from the cursor."""
        for event in events:
            assert event["seq"] == self.cursor + 1, f"event {event['seq']} came behind {self.cursor}"
            self._apply(event)
            self.cursor = event["seq"]

    def keep(self, message: Frame) -> None:
        """Takes a state of a message, from an event or a page."""
        held = self.messages.get(message["seq"])
        if held is None or message["version"] > held["version"]:
            self.messages[message["seq"]] = message

    def _apply(self, event: Frame) -> None:
        kind = event["kind"]
        if kind == "room.changed":
            self.room = event["room"]
        elif kind == "member.left":
            self.members.pop(event["member"]["person"]["username"])
        elif kind.startswith("member."):
            self.members[event["member"]["person"]["username"]] = event["member"]["role"]
        elif kind in ("message.created", "message.edited", "message.deleted", "message.restored"):
            self.keep(event["message"])
        else:
            self._change(event, kind)

    def _change(self, event: Frame, kind: str) -> None:
        """A reaction or a pin changes a part of a message that is held."""
        part = {"reactions": event["reactions"]} if "reactions" in event else {"pinned": kind == "message.pinned"}
        self.keep(self.messages[event["message"]] | part | {"version": event["version"]})


async def snapshot(chat: Chat, room: str) -> Frame:
    """The room as REST shows it now, in the words of a Mirror."""
    async with chat.rest("anna") as rest:
        shown = (await rest.get(f"rooms/{room}")).raise_for_status().json()
        members = (await rest.get(f"rooms/{room}/members")).raise_for_status().json()["results"]
    return {
        "messages": {message["seq"]: message for message in await chat.history(room)},
        "members": {member["person"]["username"]: member["role"] for member in members},
        "room": shown,
    }
