/** The last way: one waiting request after another for the page's room. It passes wherever pages pass. */

import { Command } from "../../wire.js";
import { HttpLink } from "./http_link.js";

const WAIT_SECONDS = 25;
const SPARE_MS = 10000;

export class PollLink extends HttpLink {
  #followed = null;
  #asking = this.part();
  #muted = "";

  /** Browsers open few connections to a server: only the first room is waited for, the page's own if it has one. */
  follow(rooms) {
    const cursor = rooms.find(({ room }) => !this.#followed || room === this.#followed);
    if (!cursor) return;
    this.#followed = cursor.room;
    this.#asking.abort();
    this.#asking = this.part();
    const { signal } = this.#asking;
    this.guard(() => this.#poll(cursor, signal), signal);
  }

  async #poll(cursor, signal) {
    try {
      for (let live = false; !signal.aborted; ) live = await this.#ask(cursor, live, signal);
    } catch (error) {
      if (!signal.aborted) this.refuse([cursor.room], error);
    }
  }

  /** Asks once, and waits for news when there is nothing to catch up with; whether that is so. */
  async #ask(cursor, live, signal) {
    const { room, after, epoch } = cursor;
    const wait = live ? WAIT_SECONDS : 0;
    const options = { query: { after, epoch, wait }, signal, patience: wait * 1000 + SPARE_MS };
    const answer = await this.call("GET", `rooms/${room}/events`, options);
    if (signal.aborted) return live;
    if (answer.command) return this.hear(answer), true;
    this.#tell(answer.muted?.message ?? "");
    if (answer.events.length) this.hear({ command: Command.events, room, after, events: answer.events });
    if (!answer.more && !live) this.hear({ command: Command.live, room, head: answer.cursor, epoch: answer.epoch });
    return !answer.more;
  }

  /** A poll tells nothing of the list of rooms but whether the reader is muted in this one. */
  #tell(muted) {
    if (muted !== this.#muted) this.hear({ command: Command.rooms });
    this.#muted = muted;
  }
}
