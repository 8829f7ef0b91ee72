/** How messages stand below each other: days, one author's run, the line before the first unread one. */

import { dayName, dayOf } from "../lib/time.js";

const RUN_MS = 5 * 60 * 1000;

/**
 * For each message, oldest first: `{message, day, first, unread}`; the server's pages follow the same rule. The line
 * before the first unread message (behind `unreadAfter`) is drawn only where it is known: below a message that was
 * read, or when there is nothing older.
 */
export function arrange(messages, { unreadAfter = null, hasOlder = false, me, zone, now = new Date() }) {
  let before = null;
  let lineDrawn = unreadAfter === null || (hasOlder && messages[0]?.seq > unreadAfter);
  return messages.map((message) => {
    const time = new Date(message.created_at);
    const newDay = !before || dayOf(time, zone) !== dayOf(new Date(before.created_at), zone);
    const unread = !lineDrawn && message.seq > unreadAfter && message.author.username !== me.username;
    lineDrawn ||= unread;
    const first = newDay || unread || !continues(before, message);
    before = message;
    return { message, day: newDay ? dayName(time, now, zone) : null, first, unread };
  });
}

function continues(before, message) {
  const near = new Date(message.created_at) - new Date(before.created_at) < RUN_MS;
  return near && before.author.id === message.author.id && message.reply_to === null;
}
