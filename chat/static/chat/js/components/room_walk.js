/** Alt and the arrows walk through the list of rooms; with Shift through those in which something is unread. */

import { findAll } from "../lib/dom.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export function roomWalk(nav) {
  document.addEventListener("keydown", (event) => {
    const step = event.altKey && !event.ctrlKey && !event.metaKey && STEPS[event.key];
    if (!step) return;
    const links = findAll("[data-room]", nav);
    const here = links.findIndex((link) => link.hasAttribute("aria-current"));
    const count = links.length;
    const inOrder = links.map((_, index) => links[(here + step * (index + 1) + 2 * count) % count]);
    const next = inOrder.find((link) => link !== links[here] && (!event.shiftKey || link.classList.contains("unread")));
    if (!next) return;
    event.preventDefault();
    next.click();
  });
}
