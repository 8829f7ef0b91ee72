/** The wire, version 1, by name: every command, event kind, error and close code that the page uses. */

export const PROTOCOL = "chat.v1.json";

export const Command = Object.freeze({
  subscribe: "subscribe",
  sendMessage: "send-message",
  editMessage: "edit-message",
  deleteMessage: "delete-message",
  addReaction: "add-reaction",
  removeReaction: "remove-reaction",
  pinMessage: "pin-message",
  unpinMessage: "unpin-message",
  markRead: "mark-read",
  setTyping: "set-typing",
  ping: "ping",
  pong: "pong",
  hello: "hello",
  reply: "reply",
  events: "events",
  live: "live",
  limited: "limited",
  reset: "reset",
  typing: "typing",
  presence: "presence",
  read: "read",
  rooms: "rooms",
  disconnect: "disconnect",
  error: "error",
});

export const Kind = Object.freeze({
  created: "message.created",
  edited: "message.edited",
  deleted: "message.deleted",
  restored: "message.restored",
  reactionAdded: "reaction.added",
  reactionRemoved: "reaction.removed",
  pinned: "message.pinned",
  unpinned: "message.unpinned",
  joined: "member.joined",
  left: "member.left",
  memberChanged: "member.changed",
  roomChanged: "room.changed",
});

const REPEATABLE = new Set(["rate_limited", "overloaded", "unavailable"]);

/** A refusal: `code` for programs, the message for people, in the words about the faulty fields where there are any. */
export class WireError extends Error {
  constructor({ code, message, fields = null, retry_after_ms: retryAfterMs = null }) {
    super(fields ? Object.values(fields).join(" ") : message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get repeatable() {
    return REPEATABLE.has(this.code);
  }
}

/** The refusal of everything that was under way when the connection went, or that found none. */
export const connectionLost = () => new WireError({ code: "unavailable", message: "The connection was lost." });

/** The name, of this page alone, for what something on the way has answered in the server's place. */
export const INTERCEPTED = "intercepted";

export const intercepted = () => new WireError({ code: INTERCEPTED, message: "The server could not be reached." });

/** What a close code advises: "stay" away, come back "now" with new credentials, or "later" with back-off. */
export function adviceOf(code) {
  if (code >= 4000 && code < 4100) return "stay";
  if (code >= 4200 && code < 4300) return "now";
  return "later";
}
