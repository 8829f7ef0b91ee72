/** The best way: a WebSocket, which carries frames both ways. */

import { Command, PROTOCOL, WireError, connectionLost } from "../../wire.js";

const HELLO_MS = 15000;
const REPLY_MS = 15000;
const DOUBT_MS = 5000;

export class SocketLink {
  #hear;
  #end;
  #createSocket;
  #socket = null;
  #requests = new Map();
  #lastId = 0;
  #patience = HELLO_MS;
  #silence = null;
  #heard = false;

  constructor({ hear, end, url, createSocket = () => new WebSocket(url, PROTOCOL) }) {
    this.#hear = hear;
    this.#end = end;
    this.#createSocket = createSocket;
  }

  open() {
    this.#socket = this.#createSocket();
    this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    this.#socket.onclose = ({ code }) => this.#over(code);
    this.#expectFrame(HELLO_MS);
  }

  tell(command, fields = {}) {
    this.#write({ command, ...fields });
  }

  request(command, fields = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle({ id, error: connectionLost() }), REPLY_MS);
      this.#requests.set(id, { resolve, reject, timer });
      this.#write({ command, id, ...fields });
    });
  }

  /** Asks for a frame within a moment: a socket may look open on a machine that slept. */
  doubt() {
    this.tell(Command.ping);
    this.#expectFrame(DOUBT_MS);
  }

  close() {
    clearTimeout(this.#silence);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    for (const id of [...this.#requests.keys()]) this.#settle({ id, error: connectionLost() });
  }

  #receive(frame) {
    this.#heard = true;
    if (frame.command === Command.hello) this.#patience = 2 * frame.heartbeat_interval_ms + DOUBT_MS;
    this.#expectFrame(this.#patience);
    if (frame.command === Command.ping) this.tell(Command.pong);
    if (frame.command === Command.reply) this.#settle(frame);
    else this.#hear(frame);
  }

  /** Browsers do not say why an upgrade failed: before the first frame it may have been the way or the server. */
  #over(code) {
    this.#end({ code, blocked: this.#heard ? null : "perhaps" });
  }

  /** A socket that is silent for too long is gone, whatever it says of itself. */
  #expectFrame(patience) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#over(1006), patience);
  }

  #settle({ id, result, error }) {
    const request = this.#requests.get(id);
    if (!request) return;
    this.#requests.delete(id);
    clearTimeout(request.timer);
    if (error) request.reject(error instanceof WireError ? error : new WireError(error));
    else request.resolve(result);
  }

  #write(frame) {
    this.#socket.send(JSON.stringify(frame));
  }
}
