/** Shows the conversation: one entry per held or pending message, the reader's place kept, history near the edges. */

import { arrangeChildren, clone, find, findAll } from "../lib/dom.js";
import { dayName, dayOf } from "../lib/time.js";
import { ScrollKeeper } from "../models/scroll_keeper.js";
import { fill, keyOf } from "./message_view.js";

export function messageList(scroller, { chat, conversation, page }) {
  const { store, paginator } = conversation;
  const list = find("[data-slot=entries]", scroller);
  const keeper = new ScrollKeeper(scroller, list);
  const elements = new Map(findAll("[data-key]", list).map((entry) => [entry.dataset.key, entry]));
  let scheduled = false;

  function draw() {
    scheduled = false;
    const shown = conversation.items().map((item) => {
      const element = elements.get(keyOf(item.message)) ?? clone("message-template");
      return fill(element, item, chat.me);
    });
    arrangeChildren(list, shown);
    elements.clear();
    for (const entry of shown) elements.set(entry.dataset.key, entry);
    scroller.classList.toggle("begins-here", !store.hasOlder);
    scroller.classList.toggle("is-empty", !shown.length);
  }

  const render = () => keeper.keep(draw, store.following);

  function schedule() {
    if (!scheduled) queueMicrotask(render);
    scheduled = true;
  }

  function moved({ atEnd, nearStart, nearEnd }) {
    store.following = atEnd && !store.hasNewer;
    if (nearStart) paginator.older();
    if (nearEnd) paginator.newer();
    conversation.emit("place", { following: store.following, day: store.following ? null : dayRead() });
    look();
  }

  /** The day of what stands at the top, unless it is today's. */
  function dayRead() {
    const message = store.get(Number(keeper.topmost?.closest("[data-key]")?.dataset.seq));
    if (!message) return null;
    const time = new Date(message.created_at);
    return dayOf(time) === dayOf(new Date()) ? null : dayName(time);
  }

  const look = () => store.following && !document.hidden && document.hasFocus() && conversation.sawAll();

  async function toEnd() {
    if (store.hasNewer) await paginator.newest();
    keeper.toEnd();
    moved(keeper.place);
  }

  store.on("change", schedule);
  chat.outbox.on("change", schedule);
  conversation.on("jump", toEnd).on("arrived", () => queueMicrotask(look));
  keeper.on("move", moved);
  for (const event of ["focus", "visibilitychange"]) window.addEventListener(event, look, { capture: true });

  draw();
  openAt(keeper, list, page.at);
  moved(keeper.place);
}

function openAt(keeper, list, seq) {
  const wanted = seq && find(`[data-seq="${seq}"]`, list);
  wanted?.classList.add("target");
  const unread = find("[data-slot=unread]:not([hidden])", list);
  if (wanted ?? unread) keeper.show(wanted ?? unread);
}
