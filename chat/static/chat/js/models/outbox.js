/**
 * What the reader sends, kept until the server has it: over lost connections and reloads, in order, never twice.
 *
 * An entry is "waiting", "sending", "held" (for a moderator to look at) or "failed" (with its reason). Its client id makes a repeated send harmless, so
 * whatever is not acknowledged is sent again. All tabs have the same entries, and one of them at a time sends. Emits
 * "change", "sent" with the message, and "refused" with the room and the error.
 */

import { newClientId } from "../lib/ids.js";
import { Emitter } from "../lib/emitter.js";
import { alone } from "../lib/tabs.js";

const REPEAT_MS = 2000;

/** A message as it looks before the server has answered. */
export function optimistic({ room, clientId, body, replyTo, place }, author) {
  return {
    room, author, body, client_id: clientId, reply_to: replyTo, created_at: new Date(place).toISOString(),
    seq: null, version: -1, html: "", mentions: [], reactions: [], edited_at: null, deleted: null,
  };
}

export class Outbox extends Emitter {
  #entries = [];
  #send;
  #store;
  #isReady;
  #name;
  #others;
  #busy = false;
  #pause = null;
  #unkept = new Set();
  #dropped = new Set();

  /** `send(entry)` resolves with the message, or null when it is held, or rejects with a WireError; `store` keeps the entries of all tabs. */
  constructor({ send, store, isReady, name }) {
    super();
    this.#send = send;
    this.#store = store;
    this.#isReady = isReady;
    this.#name = `outbox.${name}`;
    this.#others = new BroadcastChannel(`parley.${this.#name}`);
    this.#others.onmessage = ({ data: message }) => {
      if (message) this.emit("sent", message);
      this.#read();
    };
    /** Settled when what was kept before has been read. */
    this.ready = this.#read().then(() => this.#askAgain());
    this.ready.then(() => this.pump());
  }

  /** What is not yet acknowledged in this room, in the order in which it was written. */
  of(room) {
    return this.#entries.filter((entry) => entry.room === room);
  }

  /** Takes a message in; resolves when it is kept. */
  async add({ room, body, replyTo = null }) {
    const written = new Date();
    const place = Math.max(written.getTime(), (this.#entries.at(-1)?.place ?? 0) + 1);
    const entry = { clientId: newClientId(), room, body, replyTo, place, state: "waiting", reason: null };
    this.#entries.push(entry);
    await this.#keep(entry);
    await this.pump();
  }

  async retry(clientId) {
    const entry = this.#entries.find((each) => each.clientId === clientId);
    if (!entry) return;
    Object.assign(entry, { state: "waiting", reason: null });
    await this.#keep(entry);
    await this.pump();
  }

  /** Takes an entry out: discarded by its writer, or seen in the log. */
  async drop(clientId) {
    if (!this.#entries.some((entry) => entry.clientId === clientId)) return;
    this.#dropped.add(clientId);
    this.#entries = this.#entries.filter((entry) => entry.clientId !== clientId);
    this.emit("change");
    await this.#store.delete(clientId);
    this.#others.postMessage(null);
  }

  /** Sends what waits, one after another; called whenever the connection opens. */
  async pump() {
    clearTimeout(this.#pause);
    if (this.#busy || !this.#isReady() || !this.#next()) return;
    this.#busy = true;
    const wait = await alone(this.#name, () => this.#sendAll());
    this.#busy = false;
    if (wait) this.#pause = setTimeout(() => this.pump(), wait);
    else await this.pump();
  }

  #next() {
    return this.#entries.find(({ state }) => state === "waiting");
  }

  /** Sends what no other tab has sent meanwhile; returns how long to wait before going on. */
  async #sendAll() {
    await this.#read();
    for (let entry = this.#next(); entry && this.#isReady(); entry = this.#next()) {
      entry.state = "sending";
      this.emit("change");
      const wait = await this.#attempt(entry);
      if (wait) return wait;
    }
    return 0;
  }

  async #attempt(entry) {
    try {
      const message = await this.#send(entry);
      if (!message) return await this.#hold(entry);
      this.emit("sent", message);
      this.#others.postMessage(message);
      await this.drop(entry.clientId);
      return 0;
    } catch (error) {
      const again = error.repeatable;
      Object.assign(entry, { state: again ? "waiting" : "failed", reason: again ? null : error.message });
      if (!again) {
        await this.#keep(entry);
        this.emit("refused", { room: entry.room, error });
      }
      this.emit("change");
      return again ? (error.retryAfterMs ?? REPEAT_MS) : 0;
    }
  }

  /** It stays until it comes as an event, or a later page is told what became of it. */
  async #hold(entry) {
    entry.state = "held";
    await this.#keep(entry);
    return 0;
  }

  /** What was held on an earlier page is sent again, which tells what became of it. */
  async #askAgain() {
    for (const entry of this.#entries.filter(({ state }) => state === "held")) {
      entry.state = "waiting";
      await this.#keep(entry);
    }
  }

  /** Takes over what is kept by now: what another tab wrote, sent or discarded is so here too. */
  async #read() {
    const kept = new Map((await this.#store.all()).map((entry) => [entry.clientId, entry]));
    for (const clientId of this.#dropped) kept.delete(clientId);
    const stays = ({ clientId, state }) => state === "sending" || this.#unkept.has(clientId);
    const held = this.#entries.filter((entry) => kept.has(entry.clientId) || stays(entry));
    for (const entry of held) {
      if (!stays(entry)) Object.assign(entry, kept.get(entry.clientId));
      kept.delete(entry.clientId);
    }
    this.#entries = [...held, ...kept.values()].sort((a, b) => a.place - b.place);
    this.emit("change");
  }

  async #keep(entry) {
    const { clientId } = entry;
    this.#unkept.add(clientId);
    this.emit("change");
    await this.#store.put(clientId, { ...entry });
    if (this.#dropped.has(clientId)) await this.#store.delete(clientId);
    this.#unkept.delete(clientId);
    this.#others.postMessage(null);
  }
}
