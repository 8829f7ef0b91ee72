/**
 * What streams and polls share: hello from the list of rooms, commands by REST, and one failure that ends all.
 *
 * Rooms beyond what a way can follow are counted by the list, which is read anew from time to time.
 */

import { call } from "../../lib/api.js";
import { Command, INTERCEPTED, connectionLost } from "../../wire.js";

const LIST_EVERY_MS = 20000;
const DOUBT_MS = 5000;
const OVERLOADED = 4100;
const EXPIRED = 4201;

const roomPath = (room) => `rooms/${room}`;
const messagePath = ({ room, seq }) => `rooms/${room}/messages/${seq}`;
const reactionPath = (fields) => `${messagePath(fields)}/reactions/${encodeURIComponent(fields.emoji)}`;

const REQUESTS = {
  [Command.sendMessage]: ({ room, message }) => ["POST", `${roomPath(room)}/messages`, message],
  [Command.editMessage]: ({ body, ...of }) => ["PATCH", messagePath(of), { body }],
  [Command.deleteMessage]: ({ reason = "", ...of }) => ["DELETE", messagePath(of), { reason }],
  [Command.addReaction]: (of) => ["PUT", reactionPath(of)],
  [Command.removeReaction]: (of) => ["DELETE", reactionPath(of)],
  [Command.pinMessage]: (of) => ["PUT", `${messagePath(of)}/pin`],
  [Command.unpinMessage]: (of) => ["DELETE", `${messagePath(of)}/pin`],
  [Command.markRead]: ({ room, seq, back = false }) => ["PUT", `${roomPath(room)}/read`, { seq, back }],
};

export class HttpLink {
  #end;
  #hear;
  #closing = new AbortController();
  #timer = null;

  constructor({ hear, end }) {
    this.#hear = hear;
    this.#end = end;
  }

  open() {
    return this.guard(async () => {
      const { results, epoch } = await this.call("GET", "rooms");
      this.hear({ command: Command.hello, epoch, rooms: results });
      this.#readListLater();
    });
  }

  /** What is worth telling without an answer is not worth a request. */
  tell() {}

  async request(command, fields) {
    if (command === Command.subscribe) return this.follow(fields.rooms), { rooms: [] };
    const [method, path, body] = REQUESTS[command](fields);
    const answer = await this.call(method, path, { body });
    return answer?.held ? answer : { message: answer };
  }

  doubt() {
    return this.guard(() => this.call("GET", "rooms", { patience: DOUBT_MS }));
  }

  close() {
    clearTimeout(this.#timer);
    this.#closing.abort();
  }

  get closed() {
    return this.#closing.signal.aborted;
  }

  hear(frame) {
    if (!this.closed) this.#hear(frame);
  }

  call(method, path, options = {}) {
    return call(method, path, { signal: this.#closing.signal, ...options });
  }

  /** Does work whose failure is the link's, unless `signal` has called it off. */
  async guard(work, signal = this.#closing.signal) {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted && !this.closed) this.#fail(error);
    }
  }

  /** Says of rooms that they cannot be followed; throws what is not about rooms. */
  refuse(rooms, error) {
    if (error.repeatable || error.code === "unauthenticated" || error.code === INTERCEPTED) throw error;
    const refusal = { code: error.code, message: error.message };
    for (const room of rooms) this.hear({ command: Command.error, room, error: refusal });
  }

  /** A signal of its own that ends with the link too. */
  part() {
    const part = new AbortController();
    this.#closing.signal.addEventListener("abort", () => part.abort(), { signal: part.signal });
    return part;
  }

  #fail(error) {
    const { code: name, message: reason, retryAfterMs } = error.code ? error : connectionLost();
    if (name === INTERCEPTED) return this.#end({ code: 1006, blocked: "surely" });
    const code = name === "unauthenticated" ? EXPIRED : OVERLOADED;
    this.hear({ command: Command.disconnect, code, reason, retry_after_ms: retryAfterMs });
    return this.#end({ code });
  }

  #readListLater() {
    this.#timer = setTimeout(() => this.guard(async () => {
      const { results } = await this.call("GET", "rooms");
      this.hear({ command: Command.rooms, rooms: results });
      this.#readListLater();
    }), LIST_EVERY_MS);
  }
}
