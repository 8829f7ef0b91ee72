/** Fills the page's one markup of a message (templates/chat/_message.html) with one message's state. */

import { fillSlot, slot } from "../lib/dom.js";
import { setMessageHtml } from "../lib/html.js";
import { drawFace } from "../lib/people.js";
import { clock, exact } from "../lib/time.js";
import { fillReactions } from "./pills.js";

/** One element joins the optimistic, the acknowledged and the broadcast message of the same client id. */
export const keyOf = (message) => `${message.author.username}/${message.client_id}`;

/** One of the conversation's items into `entry`, when it is not what stands there. */
export function fill(entry, { message, day, first, unread, pending, replied, replies = 0 }, me) {
  const names = [message.author, replied?.author].map((author) => author && author.display_name + author.avatar);
  const stamp = [message.version, replied?.version, ...names, day, first, unread, pending?.state, pending?.reason, replies].join("|");
  if (entry.dataset.stamp === stamp) return entry;
  const article = slot(entry, "article");
  entry.dataset.key = keyOf(message);
  entry.dataset.seq = message.seq ?? "";
  entry.dataset.clientId = message.client_id;
  fillSlot(entry, "day", day);
  slot(entry, "unread").hidden = !unread;
  article.classList.toggle("first", first);
  article.classList.toggle("mentions-me", message.mentions.includes(me.username));
  fillAuthor(article, message.author);
  fillTimes(article, message);
  fillBody(entry, article, message, me);
  fillReply(article, message, replied);
  fillSlot(article, "replies", replies ? `${replies} repl${replies === 1 ? "y" : "ies"}` : "");
  fillReactions(article, message, me);
  fillPending(article, pending);
  entry.dataset.stamp = stamp;
  return entry;
}

function fillAuthor(article, author) {
  drawFace(slot(article, "face"), author);
  slot(article, "author").textContent = author.display_name;
  slot(article, "bot").hidden = author.kind !== "bot";
}

function fillTimes(article, message) {
  const moment = new Date(message.created_at);
  const time = slot(article, "time");
  Object.assign(time, { dateTime: moment.toISOString(), textContent: clock(moment), title: exact(moment) });
  if (message.seq) slot(article, "link").href = pathOf(message.room, message.seq);
  slot(article, "pinned").hidden = !message.pinned;
  slot(article, "edited").hidden = !message.edited_at || Boolean(message.deleted);
}

function fillBody(entry, article, message, me) {
  const gone = message.deleted;
  const body = slot(article, "body");
  body.hidden = Boolean(gone);
  fillSlot(article, "gone", gone && (gone.by === "author" ? "Message deleted" : removal(gone)));
  if (entry.dataset.version !== String(message.version)) {
    if (message.html || gone) setMessageHtml(body, message.html);
    else body.textContent = message.body;
  }
  entry.dataset.version = message.version;
  body.classList.toggle("plain", !message.html);
  for (const mention of body.querySelectorAll(".mention")) {
    mention.classList.toggle("to-me", mention.dataset.username === me.username);
  }
}

const pathOf = (room, seq) => `/rooms/${room}/${seq}/`;

const removal = ({ reason }) => `Message removed by a moderator${reason ? `: ${reason}` : ""}`;

function fillReply(article, message, replied) {
  const link = slot(article, "reply");
  link.hidden = message.reply_to === null || Boolean(message.deleted);
  if (link.hidden) return;
  link.href = pathOf(message.room, message.reply_to);
  if (!replied) return;
  slot(link, "reply-author").textContent = replied.author.display_name;
  slot(link, "reply-text").textContent = replied.deleted ? "Message deleted" : replied.body;
}

function fillPending(article, pending) {
  article.classList.toggle("pending", Boolean(pending) && pending.state !== "failed");
  slot(article, "held").hidden = pending?.state !== "held";
  article.classList.toggle("failed", pending?.state === "failed");
  slot(article, "failure").hidden = pending?.state !== "failed";
  slot(article, "reason").textContent = pending?.reason ?? "";
}
