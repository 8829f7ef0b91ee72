/**
 * The messages of one room that the page holds: a window of its history without holes, ordered by seq.
 *
 * Of two states of a message the one with the higher version is true, whichever way it comes. While a history request
 * is under way all changes are remembered, and win over the older state that the answer may carry.
 */

import { Emitter } from "../lib/emitter.js";
import { Kind } from "../wire.js";

const MOST = 300;

/** What an event says of a message, or null: `{seq, version, …}`, whole or in part. */
function changeOf(event) {
  switch (event.kind) {
    case Kind.created:
    case Kind.edited:
    case Kind.deleted:
    case Kind.restored:
      return event.message;
    case Kind.reactionAdded:
    case Kind.reactionRemoved:
      return { seq: event.message, version: event.version, reactions: event.reactions };
    case Kind.pinned:
    case Kind.unpinned:
      return { seq: event.message, version: event.version, pinned: event.kind === Kind.pinned };
    default:
      return null;
  }
}

/** Equal versions are the same state; in a catch-up several partial changes carry the newest one. */
const newer = (held, change) => (held && held.version > change.version ? held : { ...held, ...change });

export class MessageStore extends Emitter {
  hasOlder = false;
  hasNewer = false;
  /** Whether the reader is at the end, so that the oldest may go when the window is full. */
  following = true;
  #messages = new Map();
  #ordered = null;
  #remembered = new Map();
  #requests = 0;

  /** Held messages, oldest first. */
  get messages() {
    this.#ordered ??= [...this.#messages.values()].sort((a, b) => a.seq - b.seq);
    return this.#ordered;
  }

  get oldest() {
    return this.messages[0] ?? null;
  }

  get newest() {
    return this.messages.at(-1) ?? null;
  }

  get(seq) {
    return this.#messages.get(seq) ?? null;
  }

  apply(events) {
    for (const event of events) {
      const change = changeOf(event);
      if (change) this.#change(change, event.kind === Kind.created);
      else if (event.member) this.#dress(event.member.person);
    }
    this.emit("change");
  }

  /** A message that came as the answer to the reader's own act. */
  put(message) {
    this.#change(message, true);
    this.emit("change");
  }

  /** Runs one history request; what changes meanwhile is not lost on its answer. */
  async during(request) {
    this.#requests += 1;
    try {
      return await request();
    } finally {
      this.#requests -= 1;
      if (this.#requests === 0) this.#remembered.clear();
    }
  }

  /** Begins anew with this page. */
  replace(page) {
    this.#messages.clear();
    this.#ordered = null;
    this.hasOlder = page.has_older;
    this.#close(page);
  }

  addOlder(page) {
    this.hasOlder = page.has_older;
    this.#take(page);
    this.#trim("newest");
    this.emit("change");
  }

  addNewer(page) {
    this.#close(page);
    this.#trim("oldest");
  }

  /** Adds the newest part of the window, and behind the newest page what came in while it was read. */
  #close(page) {
    this.hasNewer = page.has_newer;
    this.#take(page);
    if (!this.hasNewer) {
      for (const message of this.#remembered.values()) if (message.created_at) this.#insert(message);
    }
    this.emit("change");
  }

  #take({ messages }) {
    for (const message of messages) {
      const held = newer(this.#messages.get(message.seq), message);
      const remembered = this.#remembered.get(message.seq);
      this.#hold(remembered ? newer(held, remembered) : held);
    }
  }

  /** Who wrote is shown as everybody sees them now. */
  #dress(person) {
    for (const held of this.#messages.values()) {
      if (held.author.username === person.username) this.#hold({ ...held, author: person });
    }
  }

  #change(change, isNew) {
    if (this.#requests) this.#remembered.set(change.seq, newer(this.#remembered.get(change.seq), change));
    const held = this.#messages.get(change.seq);
    if (held) this.#hold(newer(held, change));
    else if (isNew && !this.hasNewer) this.#insert(change);
  }

  #insert(message) {
    if (message.seq < (this.oldest?.seq ?? 0)) return;
    this.#hold(newer(this.#messages.get(message.seq), message));
    this.#trim(this.following ? "oldest" : "newest");
  }

  #hold(message) {
    this.#messages.set(message.seq, message);
    this.#ordered = null;
  }

  #trim(side) {
    const excess = this.#messages.size - MOST;
    if (excess <= 0) return;
    const gone = side === "oldest" ? this.messages.slice(0, excess) : this.messages.slice(-excess);
    for (const { seq } of gone) this.#messages.delete(seq);
    this.#ordered = null;
    if (side === "oldest") this.hasOlder = true;
    else this.hasNewer = true;
  }
}
