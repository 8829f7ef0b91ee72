/** Single keys on the message that has the focus: what its buttons do, and what they do not. */

import { closest } from "../lib/dom.js";
import { isWriting, singleKeys } from "../lib/keys.js";

const ACTS = {
  r: "reply", t: "thread", e: "edit", "+": "pick", Delete: "delete", Backspace: "delete", c: "copy", p: "pin", u: "unread",
};

export function messageKeys(list, { conversation }) {
  list.addEventListener("keydown", (event) => {
    if (!event.target.matches("article") || isWriting(event)) return;
    if (event.key === "Escape") return void conversation.emit("write");
    const act = singleKeys.on && ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const message = act && conversation.store.get(Number(closest(event, "[data-key]").dataset.seq));
    if (!message || !conversation.offers(act, message)) return;
    event.preventDefault();
    conversation.emit(act, message);
  });
}
