/** Up to where the reader has read one room: moves forward only, and is told shortly after, not for every message. */

import { Emitter } from "../lib/emitter.js";

const TELL_AFTER_MS = 400;

export class ReadMarker extends Emitter {
  #tell;
  #read;
  #told;
  #timer = null;

  constructor({ read, tell }) {
    super();
    this.#read = this.#told = read;
    this.#tell = tell;
  }

  /** The message with this seq is on screen before the reader's eyes. */
  saw(seq) {
    if (seq <= this.#read) return;
    this.#read = seq;
    this.#timer ??= setTimeout(() => this.flush(), TELL_AFTER_MS);
    this.emit("change", seq);
  }

  /** Another device of the reader moved the mark; what it knows need not be told. */
  moved(seq) {
    this.#read = Math.max(this.#read, seq);
    this.#told = Math.max(this.#told, seq);
  }

  /** The reader has put the mark back. */
  back(seq) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#read = this.#told = seq;
  }

  /** Tells what is not yet told; again after a lost connection, for the mark may have been lost with it. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#read <= this.#told) return;
    this.#told = this.#read;
    this.#tell(this.#read);
  }

  /** The mark never arrived. */
  untold(seq) {
    this.#told = Math.min(this.#told, seq - 1);
  }
}
