/** The room's title and topic, as they change. */

import { fillSlot, slot } from "../lib/dom.js";
import { roomName } from "../lib/people.js";

export function roomHead(head, { chat, conversation }) {
  const { members, summary: room } = conversation;
  const people = () => [...members.values()].map(({ person }) => person);

  conversation.on("room", ({ title, topic }) => {
    slot(head, "title").textContent = title;
    fillSlot(head, "topic", topic);
  });
  conversation.on("members", () => {
    if (room.kind === "direct") slot(head, "title").textContent = roomName({ ...room, people: people() }, chat.me);
  });
}
