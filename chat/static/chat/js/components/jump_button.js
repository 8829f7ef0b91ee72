/** The way back to the newest message, drawn only while one is elsewhere: the day one reads, and what came meanwhile. */

import { fillSlot, slot } from "../lib/dom.js";

export function jumpButton(button, { conversation }) {
  let count = 0;
  let away = false;

  function show() {
    if (!away) count = 0;
    button.hidden = !away;
    const words = count === 0 ? "Newest messages" : `${count} new message${count === 1 ? "" : "s"}`;
    slot(button, "words").textContent = words;
    button.classList.toggle("has-new", count > 0);
  }

  conversation.on("place", ({ following, day }) => {
    away = !following;
    fillSlot(button, "day", day);
    show();
  });
  conversation.on("arrived", () => {
    count += 1;
    show();
  });
  button.addEventListener("click", () => conversation.emit("jump"));
}
