/** Who is typing in a room: others fade by themselves, one's own typing is told at most once in three seconds. */

import { Emitter } from "../lib/emitter.js";

const TELL_EVERY_MS = 3000;
const FADE_MS = 6000;

export class Typing extends Emitter {
  #tell;
  #toldAt = -Infinity;
  #people = new Map();

  constructor({ tell }) {
    super();
    this.#tell = tell;
  }

  get names() {
    return [...this.#people.values()].map(({ name }) => name);
  }

  /** The reader pressed a key. */
  press(now = performance.now()) {
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#tell();
  }

  heard({ username, display_name: name }) {
    this.stopped(username);
    this.#people.set(username, { name, timer: setTimeout(() => this.stopped(username), FADE_MS) });
    this.emit("change");
  }

  stopped(username) {
    const person = this.#people.get(username);
    if (!person) return;
    clearTimeout(person.timer);
    this.#people.delete(username);
    this.emit("change");
  }
}
