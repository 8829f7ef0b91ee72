/** Shows the conversation: one entry per held or pending message, the reader's place kept, more history near the edges. */

import { arrangeChildren, clone, closest, find, findAll } from "../lib/dom.js";
import { ScrollKeeper } from "../models/scroll_keeper.js";
import { arrange } from "../models/timeline.js";
import { fill, keyOf } from "./message_view.js";

export function messageList(scroller, { chat, conversation, page }) {
  const { store, paginator } = conversation;
  const list = find("[data-slot=entries]", scroller);
  const keeper = new ScrollKeeper(scroller, list);
  const elements = new Map(findAll("[data-key]", list).map((entry) => [entry.dataset.key, entry]));
  let scheduled = false;

  function items() {
    const pending = new Map(chat.outbox.of(conversation.room).map((entry) => [entry.clientId, entry]));
    for (const message of store.messages) if (conversation.isMine(message)) pending.delete(message.client_id);
    const drafts = [...pending.values()].map((entry) => optimistic(entry, conversation.room, chat.me));
    const options = { unreadAfter: conversation.unreadAfter, me: chat.me };
    return arrange([...store.messages, ...drafts], options).map((item) => ({
      ...item,
      pending: item.message.seq ? null : pending.get(item.message.client_id),
    }));
  }

  function draw() {
    scheduled = false;
    const shown = items().map((item) => {
      const element = elements.get(keyOf(item.message)) ?? clone("message-template");
      return fill(element, item, { me: chat.me, replied: store.get(item.message.reply_to) });
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
    conversation.emit("place", { following: store.following });
    look();
  }

  const look = () => store.following && !document.hidden && document.hasFocus() && conversation.sawAll();

  function toEnd() {
    if (store.hasNewer) paginator.newest().then(() => keeper.toEnd());
    else keeper.toEnd();
  }

  store.on("change", schedule);
  chat.outbox.on("change", schedule);
  conversation.on("jump", toEnd).on("arrived", () => queueMicrotask(look));
  keeper.on("move", moved);
  for (const event of ["focus", "visibilitychange"]) window.addEventListener(event, look, { capture: true });
  scroller.addEventListener("click", (event) => answerFailure(event, chat.outbox));

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

/** A message as it looks before the server has answered. */
function optimistic({ clientId, body, replyTo, place }, room, me) {
  const nothing = { seq: null, version: -1, html: "", mentions: [], reactions: [], edited_at: null, deleted: null };
  return { ...nothing, room, client_id: clientId, author: me, body, reply_to: replyTo, created_at: new Date(place).toISOString() };
}

function answerFailure(event, outbox) {
  const button = closest(event, "[data-retry], [data-discard]");
  if (!button) return;
  const clientId = closest(event, "[data-key]").dataset.key.split("/").slice(1).join("/");
  if ("retry" in button.dataset) outbox.retry(clientId);
  else outbox.drop(clientId);
}
