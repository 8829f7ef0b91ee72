/**
 * The logs of rooms, followed over a connection: every event of a room once and in order, whatever happens to sockets.
 *
 * Emits "events" {room, events}, "lost" {room, head} when what is held of a room must be read anew, "refused"
 * {room, error}. The cursor of a room that is `keep`t survives the connection; the others begin at each hello's head,
 * whose counts are as fresh.
 */

import { Emitter } from "../lib/emitter.js";
import { Command, WireError } from "../wire.js";

const MOST_AT_ONCE = 100;
const MOST_ROOMS = 500;
const BEHIND_MS = 2000;
const REPEAT_MS = 2000;

export class Feed extends Emitter {
  #connection;
  #kept = new Map();
  #cursors = new Map();
  #epoch = null;

  constructor(connection) {
    super();
    this.#connection = connection;
    connection.on(Command.hello, (frame) => this.#begin(frame));
    connection.on(Command.events, (frame) => this.#receive(frame));
    connection.on(Command.limited, (frame) => this.#lose(frame));
    connection.on(Command.reset, (frame) => this.#lose(frame));
    connection.on(Command.error, ({ room, error }) => room && this.#refuse([room], new WireError(error)));
    connection.on(Command.ping, ({ heads = {} }) => this.#compare(heads));
  }

  /** Follows a room from a cursor that the page got with its messages, and resumes there after every loss. */
  keep(room, { after, epoch }) {
    this.#kept.set(room, { room, after, epoch });
  }

  /** Follows the rooms of the reader's list: new ones from their head on, and no more those that left it. */
  follow(list) {
    const listed = new Set(list.map(({ room }) => room));
    for (const room of this.#cursors.keys())
      if (!listed.has(room) && !this.#kept.has(room)) this.#cursors.delete(room);
    const fresh = list.filter(({ room }) => !this.#cursors.has(room));
    for (const { room, head } of fresh) this.#cursors.set(room, { room, after: head, epoch: this.#epoch });
    this.#subscribeInParts(fresh.map(({ room }) => room));
  }

  #begin({ epoch, rooms }) {
    this.#epoch = epoch;
    this.#cursors = new Map(rooms.map(({ room, head }) => [room, { room, after: head, epoch }]));
    for (const [room, cursor] of this.#kept) this.#cursors.set(room, cursor);
    this.#subscribe([...this.#kept.keys()]);
    const others = [...this.#cursors.keys()].filter((room) => !this.#kept.has(room));
    this.#subscribeInParts(others.slice(0, MOST_ROOMS - this.#kept.size));
  }

  #subscribeInParts(rooms) {
    for (let at = 0; at < rooms.length; at += MOST_AT_ONCE) this.#subscribe(rooms.slice(at, at + MOST_AT_ONCE));
  }

  async #subscribe(rooms) {
    const wanted = rooms.filter((room) => this.#cursors.has(room)).map((room) => this.#cursors.get(room));
    if (!wanted.length) return;
    try {
      const answer = await this.#connection.request(Command.subscribe, { rooms: wanted });
      for (const { room, error } of answer.rooms) if (error) this.#refuse([room], new WireError(error));
    } catch (error) {
      if (error.repeatable) this.#refuse(rooms, error);
    }
  }

  /** A busy server is asked again, while the connection lasts; a room that one may not follow is let go. */
  #refuse(rooms, error) {
    if (!error.repeatable) return void rooms.forEach((room) => this.#release(room, error));
    if (this.#connection.state !== "open") return;
    setTimeout(() => this.#subscribe(rooms), Math.max(error.retryAfterMs ?? 0, REPEAT_MS));
  }

  #release(room, error) {
    this.#kept.delete(room);
    this.#cursors.delete(room);
    this.emit("refused", { room, error });
  }

  #receive({ room, after, events }) {
    const cursor = this.#cursors.get(room);
    if (!cursor) return;
    if (after > cursor.after) return void this.#subscribe([room]);
    const fresh = events.filter((event) => event.seq > cursor.after);
    if (!fresh.length) return;
    cursor.after = fresh.at(-1).seq;
    this.emit("events", { room, events: fresh });
  }

  /** limited or reset: from here on the room is live behind `head`, of the epoch that this connection began with. */
  #lose({ room, head, epoch = this.#epoch }) {
    const cursor = this.#cursors.get(room);
    if (!cursor) return;
    Object.assign(cursor, { after: head, epoch });
    this.emit("lost", { room, head });
  }

  /** A head that stays ahead of the cursor means that something was not delivered: ask for it. */
  #compare(heads) {
    const ahead = Object.entries(heads).filter(([room, head]) => this.#isBehind(room, head));
    if (!ahead.length) return;
    setTimeout(() => {
      this.#subscribe(ahead.filter(([room, head]) => this.#isBehind(room, head)).map(([room]) => room));
    }, BEHIND_MS);
  }

  #isBehind(room, head) {
    return head > (this.#cursors.get(room)?.after ?? Infinity);
  }
}
