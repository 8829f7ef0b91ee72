/**
 * One socket to the server, opened anew whenever it goes.
 *
 * Frames come out by their command; `request` answers a promise. States: "idle", "connecting", "open" (after hello),
 * "waiting" (for the next attempt) and "closed" (the server asked to stay away; `farewell` says why).
 */

import { Emitter } from "../lib/emitter.js";
import { Command, PROTOCOL, WireError, adviceOf, connectionLost } from "../wire.js";
import { Backoff } from "./backoff.js";

const HELLO_MS = 15000;
const REPLY_MS = 15000;
const WAKE_MS = 5000;

export class Connection extends Emitter {
  state = "idle";
  farewell = null;
  #url;
  #createSocket;
  #backoff;
  #socket = null;
  #requests = new Map();
  #lastId = 0;
  #patience = HELLO_MS;
  #silence = null;
  #attempt = null;
  #renewed = false;

  constructor({ url, createSocket = (url) => new WebSocket(url, PROTOCOL), backoff = new Backoff() }) {
    super();
    this.#url = url;
    this.#createSocket = createSocket;
    this.#backoff = backoff;
  }

  start() {
    if (this.state === "idle") this.#open();
  }

  /** The network or the reader came back: try now what would be tried later, and doubt what looks open. */
  wake() {
    if (this.state === "waiting") this.#open();
    if (this.state === "open") {
      this.tell(Command.ping);
      this.#expectFrame(WAKE_MS);
    }
  }

  /** Sends a frame that expects no reply. */
  tell(command, fields = {}) {
    if (this.state === "open") this.#write({ command, ...fields });
  }

  /** Sends a frame; resolves with the reply's result, rejects with a WireError, also when the connection goes. */
  request(command, fields = {}) {
    if (this.state !== "open") return Promise.reject(connectionLost());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle({ id, error: connectionLost() }), REPLY_MS);
      this.#requests.set(id, { resolve, reject, timer });
      this.#write({ command, id, ...fields });
    });
  }

  #open() {
    clearTimeout(this.#attempt);
    this.farewell = null;
    this.#enter("connecting");
    const socket = this.#createSocket(this.#url);
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lose(code);
    this.#socket = socket;
    this.#expectFrame(HELLO_MS);
  }

  #receive(frame) {
    this.#expectFrame(this.#patience);
    if (frame.command === Command.hello) this.#greet(frame);
    if (frame.command === Command.reply) this.#settle(frame);
    if (frame.command === Command.ping) this.tell(Command.pong);
    if (frame.command === Command.disconnect) this.farewell = frame;
    if (frame.command === Command.events && frame.events.length) this.#trust();
    this.emit(frame.command, frame);
  }

  #greet(frame) {
    this.#patience = 2 * frame.heartbeat_interval_ms + WAKE_MS;
    this.#expectFrame(this.#patience);
    this.#enter("open");
  }

  /** Only an event proves that the server serves; a hello alone may come from one that falls again at once. */
  #trust() {
    this.#backoff.reset();
    this.#renewed = false;
  }

  #settle({ id, result, error }) {
    const request = this.#requests.get(id);
    if (!request) return;
    this.#requests.delete(id);
    clearTimeout(request.timer);
    if (error) request.reject(error instanceof WireError ? error : new WireError(error));
    else request.resolve(result);
  }

  /** A socket that is silent for too long is gone, whatever it says of itself. */
  #expectFrame(patience) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(1006), patience);
  }

  #lose(code) {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket.close();
    for (const id of [...this.#requests.keys()]) this.#settle({ id, error: connectionLost() });
    this.#decide(adviceOf(this.farewell?.code ?? code));
  }

  #decide(advice) {
    if (advice === "stay" || (advice === "now" && this.#renewed)) return this.#enter("closed");
    const now = advice === "now";
    this.#renewed ||= now;
    const delay = now ? 0 : (this.farewell?.retry_after_ms ?? 0) + this.#backoff.next();
    this.#attempt = setTimeout(() => this.#open(), delay);
    return this.#enter("waiting");
  }

  #enter(state) {
    this.state = state;
    this.emit("state", state);
  }

  #write(frame) {
    this.#socket.send(JSON.stringify(frame));
  }
}
