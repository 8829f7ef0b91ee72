// One whole session: hello, subscribe, send; gone while others speak; back, and nothing missed. In JSON, or as Protobuf
// where the file of it is given.

import WebSocket from "ws";
import { Frames } from "./protobuf_frames.js";

const [url, token, room, proto] = process.argv.slice(2);
const subprotocol = proto ? "chat.v1.protobuf" : "chat.v1.json";
const frames = proto ? await Frames.load(proto) : { read: JSON.parse, write: JSON.stringify };

class Socket {
  static open() {
    const headers = { authorization: `Bearer ${token}` };
    return new Socket(new WebSocket(url, subprotocol, { headers }));
  }

  heard = [];
  #wake = () => {};

  constructor(socket) {
    this.socket = socket;
    socket.on("message", (data, isBinary) => {
      if (isBinary !== Boolean(proto)) throw new Error(isBinary ? "a binary frame" : "a text frame");
      this.heard.push(frames.read(data));
      this.#wake();
    });
  }

  say(frame) {
    this.socket.send(frames.write(frame));
  }

  async expect(command) {
    for (;;) {
      const place = this.heard.findIndex((frame) => frame.command === command);
      if (place >= 0) return this.heard.splice(place, 1)[0];
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  async leave() {
    const left = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.close(1000);
    await left;
  }
}

function message(body) {
  return { client_id: `js-${body}`, body };
}

const first = Socket.open();
const hello = await first.expect("hello");
first.say({ command: "subscribe", id: 1, room });
const subscribed = await first.expect("reply");
const live = await first.expect("live");
first.say({ command: "send-message", id: "two", room, message: message("here") });
const sent = await first.expect("reply");
const heard = await first.expect("events");
await first.leave();

const other = Socket.open();
await other.expect("hello");
for (const body of ["meanwhile", "and more"]) {
  other.say({ command: "send-message", id: body, room, message: message(body) });
  await other.expect("reply");
}
await other.leave();

const again = Socket.open();
await again.expect("hello");
const cursor = heard.events.at(-1).seq;
again.say({ command: "subscribe", id: 3, room, after: cursor, epoch: live.epoch, most: null });
await again.expect("reply");
const missed = await again.expect("events");
const end = await again.expect("live");
again.say({ command: "subscribe", id: 4, room: "no-such-room" });
const refused = await again.expect("reply");
await again.leave();

console.log(JSON.stringify({ hello, subscribed, live, sent, heard, missed, end, refused }));
