/** Speaks new messages of others to screen readers: those at the end only, never history and never edits. */

import { find } from "../lib/dom.js";

const KEPT = 5;
const LONGEST = 160;

export function announcer(log, { conversation }) {
  conversation.on("arrived", ({ seq, author, body }) => {
    if (!conversation.store.following) return;
    const line = document.createElement("p");
    line.dataset.about = seq;
    line.textContent = `${author.display_name}: ${body.slice(0, LONGEST)}`;
    log.append(line);
    while (log.children.length > KEPT) log.firstElementChild.remove();
  });
  conversation.on("gone", ({ seq }) => find(`[data-about="${seq}"]`, log)?.remove());
}
