/** The reactions of a message, each a button that adds or takes back the reader's own. */

import { clone, fillSlot, slot } from "../lib/dom.js";

export function fillReactions(article, message, me) {
  const pills = slot(article, "reactions");
  pills.hidden = !message.reactions.length;
  pills.replaceChildren(...message.reactions.map((reaction) => pillOf(reaction, me)));
}

function pillOf({ emoji, count, people }, me) {
  const pill = clone("pill-template");
  const names = people.join(", ");
  pill.dataset.emoji = emoji;
  pill.setAttribute("aria-pressed", String(people.includes(me.username)));
  pill.setAttribute("aria-label", `${emoji} ${count}: ${names}`);
  pill.title = names;
  fillSlot(pill, "emoji", emoji);
  fillSlot(pill, "count", String(count));
  return pill;
}
