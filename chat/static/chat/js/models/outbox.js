/**
 * What the reader sends, kept until the server has it: over lost connections and reloads, in order, never twice.
 *
 * An entry is "waiting", "sending" or "failed" (with its reason). Its client id makes a repeated send harmless, so
 * whatever is not acknowledged is sent again. Emits "change", and "sent" with the message.
 */

import { newClientId } from "../lib/ids.js";
import { Emitter } from "../lib/emitter.js";

const REPEAT_MS = 2000;

/** A message as it looks before the server has answered. */
export function optimistic({ room, clientId, body, replyTo, place }, author) {
  return {
    room, author, body, client_id: clientId, reply_to: replyTo, created_at: new Date(place).toISOString(),
    seq: null, version: -1, html: "", mentions: [], reactions: [], edited_at: null, deleted: null,
  };
}

export class Outbox extends Emitter {
  #entries;
  #send;
  #shelf;
  #isReady;
  #busy = false;
  #pause = null;

  /** `send(entry)` resolves with the message or rejects with a WireError; `shelf` keeps the entries. */
  constructor({ send, shelf, isReady }) {
    super();
    this.#send = send;
    this.#shelf = shelf;
    this.#isReady = isReady;
    const kept = shelf.values().sort((a, b) => a.place - b.place);
    this.#entries = kept.map((entry) => ({ ...entry, state: entry.state === "failed" ? "failed" : "waiting" }));
  }

  /** What is not yet acknowledged in this room, in the order in which it was written. */
  of(room) {
    return this.#entries.filter((entry) => entry.room === room);
  }

  add({ room, body, replyTo = null }) {
    const written = new Date();
    const place = Math.max(written.getTime(), (this.#entries.at(-1)?.place ?? 0) + 1);
    this.#entries.push({ clientId: newClientId(), room, body, replyTo, place, state: "waiting", reason: null });
    this.#keep(this.#entries.at(-1));
    this.pump();
  }

  retry(clientId) {
    const entry = this.#entries.find((each) => each.clientId === clientId);
    if (!entry) return;
    Object.assign(entry, { state: "waiting", reason: null });
    this.#keep(entry);
    this.pump();
  }

  /** Takes an entry out: discarded by its writer, or seen in the log. */
  drop(clientId) {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.clientId !== clientId);
    this.#shelf.delete(clientId);
    if (this.#entries.length !== before) this.emit("change");
  }

  /** Sends what waits, one after another; called whenever the connection opens. */
  async pump() {
    clearTimeout(this.#pause);
    while (!this.#busy && this.#isReady()) {
      const entry = this.#entries.find(({ state }) => state === "waiting");
      if (!entry) return;
      this.#busy = true;
      entry.state = "sending";
      this.emit("change");
      const wait = await this.#attempt(entry);
      this.#busy = false;
      if (wait) {
        this.#pause = setTimeout(() => this.pump(), wait);
        return;
      }
    }
  }

  /** Sends one entry; returns how long to wait before going on. */
  async #attempt(entry) {
    try {
      const message = await this.#send(entry);
      this.drop(entry.clientId);
      this.emit("sent", message);
      return 0;
    } catch (error) {
      const again = error.repeatable;
      Object.assign(entry, { state: again ? "waiting" : "failed", reason: again ? null : error.message });
      this.#keep(entry);
      return again ? (error.retryAfterMs ?? REPEAT_MS) : 0;
    }
  }

  #keep(entry) {
    if (this.#entries.includes(entry)) this.#shelf.set(entry.clientId, entry);
    this.emit("change");
  }
}
