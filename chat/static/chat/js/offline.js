/** The page in place of one that cannot be reached: the rooms read last, as they were, to be read only. */

import { drawer } from "./components/drawer.js";
import { fill } from "./components/message_view.js";
import { clone, find, findAll, slot } from "./lib/dom.js";
import { roomName } from "./lib/people.js";
import { Store } from "./lib/store.js";
import { arrange } from "./models/timeline.js";

const TRY_EVERY_MS = 5000;

const records = (await new Store("kept").all()).sort((a, b) => b.at - a.at);
const here = /^\/rooms\/([a-z0-9-]+)\//.exec(location.pathname)?.[1];
const record = records.find(({ summary }) => summary.room === here);

find("[data-slot=rooms]").replaceChildren(...records.map(({ summary, me }) => {
  const item = clone("kept-room-template");
  const link = find("a", item);
  link.href = `/rooms/${summary.room}/`;
  link.textContent = roomName(summary, me);
  if (summary.room === here) link.setAttribute("aria-current", "page");
  return item;
}));
for (const part of findAll("[data-listed]")) part.hidden = !records.length;

if (record) {
  const { summary, page, me } = record;
  find("[data-slot=title]").textContent = roomName(summary, me);
  const messages = [...page.messages].reverse();
  const held = new Map(messages.map((message) => [message.seq, message]));
  find("[data-slot=entries]").replaceChildren(...arrange(messages, { me }).map((item) =>
    fill(clone("message-template"), { ...item, replied: held.get(item.message.reply_to) }, me),
  ));
  for (const part of findAll("[data-kept]")) part.hidden = false;
} else {
  slot(document, "none").hidden = false;
}

drawer(find("[data-component=drawer]"));
const comeBack = () => fetch("/version", { cache: "no-store" }).then(() => location.reload()).catch(() => {});

addEventListener("online", comeBack);
find("[data-again]").addEventListener("click", comeBack);
setInterval(comeBack, TRY_EVERY_MS);
