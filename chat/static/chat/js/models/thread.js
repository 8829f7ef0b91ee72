/** One message with its replies, as they come and change; replies are never older than what they answer. */

import { Emitter } from "../lib/emitter.js";
import { MessageStore } from "./message_store.js";

export class Thread extends Emitter {
  /** The message that is answered, by its seq; null while none is shown. */
  of = null;
  hasEarlier = false;
  #store = new MessageStore();
  #fetch;
  #fetchReplies;

  /** `fetch(seq)` resolves with a message as it is now, `fetchReplies(seq)` with the newest page of its replies. */
  constructor({ fetch, fetchReplies }) {
    super();
    this.#fetch = fetch;
    this.#fetchReplies = fetchReplies;
    this.#store.on("change", () => this.emit("change"));
  }

  /** The message, then its replies, oldest first. */
  get messages() {
    return this.#store.messages;
  }

  /** Shows the thread of a message, or the one it belongs to; rejects with the server's refusal. */
  async open({ seq, reply_to: replyTo }) {
    this.#empty(replyTo ?? seq);
    await this.#store.during(() => this.#read(this.of));
  }

  close() {
    this.#empty(null);
  }

  apply(events) {
    if (this.of === null) return;
    const concerns = (message) => [message?.seq, message?.reply_to].includes(this.of);
    this.#store.apply(events.filter(({ member, message }) => member || typeof message === "number" || concerns(message)));
  }

  /** Changes were missed: what is held is not shown until it was read anew. */
  async renew() {
    if (this.of !== null) await this.open({ seq: this.of, reply_to: null }).catch(() => this.close());
  }

  #empty(of) {
    this.of = of;
    this.#store.replace({ messages: [], has_older: false, has_newer: false });
  }

  async #read(of) {
    const [root, replies] = await Promise.all([this.#fetch(of), this.#fetchReplies(of)]);
    if (of !== this.of) return;
    this.hasEarlier = replies.has_older;
    this.#store.replace({ messages: [...replies.messages, root], has_older: false, has_newer: false });
  }
}
