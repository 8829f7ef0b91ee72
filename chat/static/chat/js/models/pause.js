/**
 * Why and how long the reader has to wait before writing here: as the server has said, or as slow mode makes it.
 *
 * The server decides; this spares who writes a refusal. Emits "change".
 */

import { Emitter } from "../lib/emitter.js";

const KINDS = new Set(["muted", "slow_mode"]);

export class Pause extends Emitter {
  #reason = "";
  #kind = null;
  #until = 0;
  #slowSeconds;
  #exempt;

  /** `refused` is what the server would answer a message now, or null; who is `exempt` writes in slow mode as they like. */
  constructor({ slowSeconds = 0, exempt = false, refused = null }) {
    super();
    this.#slowSeconds = slowSeconds;
    this.#exempt = exempt;
    if (refused) this.refused({ code: refused.code, message: refused.message, retryAfterMs: refused.retry_after_ms });
  }

  /** The milliseconds that are left; Infinity when nobody knows. */
  get left() {
    return Math.max(this.#until - Date.now(), 0);
  }

  get reason() {
    return this.left ? this.#reason : this.#rule;
  }

  /** Whether the reader waits with this intent of a draft: slow mode does not slow edits. */
  holds(intent) {
    return this.left > 0 && !(this.#kind === "slow_mode" && intent === "edit");
  }

  /** The room has another pace. */
  pace(slowSeconds) {
    if (this.#kind === "slow_mode" && slowSeconds < this.#slowSeconds) this.#until = 0;
    this.#slowSeconds = slowSeconds;
    this.emit("change");
  }

  /** The reader wrote at this moment of the server's clock, which may go apart from this one. */
  wrote(moment) {
    const pace = this.#slowSeconds * 1000;
    if (!pace || this.#exempt) return;
    const left = moment.getTime() + pace - Date.now();
    if (left > 0) this.#begin("slow_mode", this.#rule, Math.min(left, pace));
  }

  /** Whether it is a mute that holds, against which one may appeal. */
  get muted() {
    return this.left > 0 && this.#kind === "muted";
  }

  /** The reader is muted here, as the list of rooms tells it, or is not, be it any longer. */
  told(muted) {
    if (muted) this.#begin("muted", muted.message, muted.retry_after_ms ?? Infinity);
    else if (this.muted) this.#end();
  }

  /** The server has refused a message. */
  refused({ code, message, retryAfterMs }) {
    if (KINDS.has(code)) this.#begin(code, message, retryAfterMs ?? Infinity);
  }

  get #rule() {
    return this.#slowSeconds && !this.#exempt ? `Slow mode: one message every ${this.#slowSeconds} s.` : "";
  }

  #end() {
    this.#until = 0;
    this.emit("change");
  }

  #begin(kind, reason, left) {
    this.#kind = kind;
    this.#reason = reason;
    this.#until = Date.now() + left;
    this.emit("change");
  }
}
