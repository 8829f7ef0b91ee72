/** The pinned messages of the room, the newest first; those that the page does not hold are read one by one. */

import { Emitter } from "../lib/emitter.js";
import { Kind } from "../wire.js";

export class Pins extends Emitter {
  #held;
  #store;
  #fetch;

  /** `fetch(seq)` resolves with one message as it is now. */
  constructor({ pins, store, fetch }) {
    super();
    this.#held = new Map(pins.map((message) => [message.seq, message]));
    this.#store = store;
    this.#fetch = fetch;
  }

  get messages() {
    return [...this.#held.values()].sort((a, b) => b.seq - a.seq);
  }

  async apply(events) {
    for (const { kind, message, member } of events) {
      if (member) this.#dress(member.person);
      const seq = message?.seq ?? message;
      if (kind === Kind.pinned) await this.#refresh(seq);
      else if (this.#held.has(seq)) this.#take(kind === Kind.unpinned ? { seq } : (this.#store.get(seq) ?? message));
    }
  }

  /** Changes were missed: what is held is looked at anew, and not shown until it was. */
  async renew() {
    const seqs = [...this.#held.keys()];
    this.#held.clear();
    this.emit("change");
    await Promise.all(seqs.map((seq) => this.#refresh(seq)));
  }

  async #refresh(seq) {
    const message = this.#store.get(seq) ?? (await this.#fetch(seq).catch(() => null));
    if (message) this.#take(message);
  }

  #dress(person) {
    for (const held of this.messages) if (held.author.username === person.username) this.#take({ ...held, author: person });
  }

  #take(message) {
    if (message.pinned && !message.deleted) this.#held.set(message.seq, message);
    else this.#held.delete(message.seq);
    this.emit("change");
  }
}
