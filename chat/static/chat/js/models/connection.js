/**
 * One connection to the server, opened anew whenever it goes, on the best way that is not blocked.
 *
 * Frames come out by their command; `request` answers a promise. States: "idle", "connecting", "open" (after hello),
 * "waiting" (for the next attempt) and "closed" (the server asked to stay away; `farewell` says why). What follows from
 * what is the table of docs/client-states.md; a link (models/links/) is one connection on one way.
 */

import { Emitter } from "../lib/emitter.js";
import { Shelf, box } from "../lib/storage.js";
import { Command, adviceOf, connectionLost } from "../wire.js";
import { Backoff } from "./backoff.js";
import { Ladder } from "./links/ladder.js";
import { ways as allWays } from "./links/ways.js";

const CLIMB_MS = 60000;
const TRIAL_MS = 10000;

export class Connection extends Emitter {
  state = "idle";
  farewell = null;
  #ladder;
  #backoff;
  #link = null;
  #trial = null;
  #attempt = null;
  #climb = null;
  #renewed = false;

  /** `ways` make links, best first, out of the ears they speak to. */
  constructor({ ways = allWays(), backoff = new Backoff(), shelf = new Shelf("way", box("sessionStorage")) } = {}) {
    super();
    this.#ladder = new Ladder(ways, shelf);
    this.#backoff = backoff;
  }

  start() {
    if (this.state === "idle") this.#open();
  }

  /** The network went or came, or the reader came back: try now what would be tried later, doubt what looks open. */
  wake() {
    if (this.state === "waiting") this.#open();
    if (this.state === "open") this.#link.doubt();
  }

  /** Sends a frame that expects no reply. */
  tell(command, fields = {}) {
    if (this.state === "open") this.#link.tell(command, fields);
  }

  /** Sends a frame; resolves with the reply's result, rejects with a WireError, also when the connection goes. */
  request(command, fields = {}) {
    return this.state === "open" ? this.#link.request(command, fields) : Promise.reject(connectionLost());
  }

  #open() {
    clearTimeout(this.#attempt);
    this.farewell = null;
    this.#enter("connecting");
    const link = this.#ladder.way({
      hear: (frame) => link === this.#link && this.#receive(frame),
      end: (end) => link === this.#link && this.#lose(end),
    });
    this.#link = link;
    link.open();
  }

  #receive(frame) {
    if (frame.command === Command.hello) this.#greet();
    if (frame.command === Command.disconnect) this.farewell = frame;
    if (frame.command === Command.events && frame.events.length) this.#trust();
    this.emit(frame.command, frame);
  }

  #greet() {
    this.#ladder.opened();
    this.#enter("open");
    if (!this.#ladder.atTop) this.#climb = setTimeout(() => this.#try(), CLIMB_MS);
  }

  /** Only an event proves that the server serves; a hello alone may come from one that falls again at once. */
  #trust() {
    this.#backoff.reset();
    this.#renewed = false;
  }

  /** On a lower way: looks whether the best is passable again. */
  #try() {
    const trial = this.#ladder.best({
      hear: ({ command }) => trial === this.#trial && command === Command.hello && this.#stepUp(),
      end: () => trial === this.#trial && this.#tryLater(),
    });
    this.#trial = trial;
    this.#climb = setTimeout(() => this.#tryLater(), TRIAL_MS);
    trial.open();
  }

  #tryLater() {
    this.#stopTrial();
    this.#climb = setTimeout(() => this.#try(), CLIMB_MS);
  }

  #stopTrial() {
    clearTimeout(this.#climb);
    this.#trial?.close();
    this.#trial = null;
  }

  #stepUp() {
    this.#drop();
    this.#ladder.stepUp();
    this.#open();
  }

  #lose({ code, blocked }) {
    const opening = this.state === "connecting";
    this.#drop();
    if (blocked && this.#ladder.isBlocked(blocked)) {
      this.#ladder.stepDown();
      return this.#open();
    }
    const advice = adviceOf(this.farewell?.code ?? code);
    // A way that needs no upgrade and does not open either says that it is the server or the network that is away.
    if (opening && !blocked && advice === "later") this.#ladder.stepUp();
    return this.#decide(advice);
  }

  #decide(advice) {
    if (advice === "stay" || (advice === "now" && this.#renewed)) return this.#enter("closed");
    const now = advice === "now";
    this.#renewed ||= now;
    const delay = now ? 0 : (this.farewell?.retry_after_ms ?? 0) + this.#backoff.next();
    this.#attempt = setTimeout(() => this.#open(), delay);
    return this.#enter("waiting");
  }

  #drop() {
    this.#stopTrial();
    const link = this.#link;
    this.#link = null;
    link.close();
  }

  #enter(state) {
    this.state = state;
    this.emit("state", state);
  }
}
