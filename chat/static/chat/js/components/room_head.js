/** The room's title and topic, as they change. */

import { fillSlot, slot } from "../lib/dom.js";

export function roomHead(head, { conversation }) {
  conversation.on("room", ({ title, topic }) => {
    slot(head, "title").textContent = title;
    fillSlot(head, "topic", topic);
  });
}
