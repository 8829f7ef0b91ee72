/** What is pinned in the room, each a way to its message. */

import { arrangeChildren, clone, slot } from "../lib/dom.js";

export function pinsPanel(section, { conversation: { pins } }) {
  const list = slot(section, "pins");

  function draw() {
    arrangeChildren(list, pins.messages.map(item));
    section.hidden = !pins.messages.length;
  }

  function item(message) {
    const element = clone("pin-template");
    element.firstElementChild.href = `/rooms/${message.room}/${message.seq}/`;
    slot(element, "author").textContent = message.author.display_name;
    slot(element, "text").textContent = message.body;
    return element;
  }

  pins.on("change", draw);
}
