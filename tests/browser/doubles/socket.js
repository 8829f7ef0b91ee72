/** A server at the other end of a WebSocket, played by the test. */

import { Backoff } from "/js/models/backoff.js";
import { Connection } from "/js/models/connection.js";
import { SocketLink } from "/js/models/links/socket_link.js";

export class FakeSocket {
  sent = [];
  isClosed = false;

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  /** The server says a frame. */
  say(command, fields = {}) {
    this.onmessage?.({ data: JSON.stringify({ command, ...fields }) });
  }

  hello({ epoch = "e1", rooms = [], heartbeat = 25000 } = {}) {
    this.say("hello", { epoch, rooms, heartbeat_interval_ms: heartbeat });
  }

  /** The server answers the newest frame of this command. */
  answer(command, answer) {
    const { id } = this.sent.findLast((frame) => frame.command === command);
    this.say("reply", { id, ...answer });
  }

  /** The connection ends. */
  drop(code = 1006) {
    this.onclose?.({ code });
  }

  /** Frames of this command that the page sent. */
  said(command) {
    return this.sent.filter((frame) => frame.command === command);
  }
}

/** A connection whose sockets, in order of their opening, are in `sockets`; `lower` are the ways below sockets. */
export function fakeConnection({ random = () => 0.5, lower = [] } = {}) {
  const sockets = [];
  const createSocket = () => {
    sockets.push(new FakeSocket());
    return sockets.at(-1);
  };
  const ways = [(ears) => new SocketLink({ createSocket, ...ears }), ...lower];
  const connection = new Connection({ ways, backoff: new Backoff(random) });
  return { connection, sockets };
}

/** Lets everything that waits only for promises happen. */
export const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await null;
};
