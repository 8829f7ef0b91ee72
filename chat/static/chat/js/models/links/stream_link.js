/** The second way: rooms come as server-sent events, everything else goes by REST. */

import { stream } from "../../lib/api.js";
import { ServerEvents } from "../../lib/server_events.js";
import { Command, connectionLost } from "../../wire.js";
import { HttpLink } from "./http_link.js";

const MOST_ROOMS = 50;
const FIRST_BYTE_MS = 10000;
/** The server says something every 15 seconds. */
const SILENCE_MS = 40000;

export class StreamLink extends HttpLink {
  #rooms = new Map();
  #scheduled = false;
  #reading = this.part();

  /** Each room from where its cursor is when the stream begins; of too many the first. */
  follow(rooms) {
    for (const cursor of rooms) {
      if (this.#rooms.has(cursor.room) || this.#rooms.size < MOST_ROOMS) this.#rooms.set(cursor.room, cursor);
    }
    if (!this.#scheduled) queueMicrotask(() => this.#restart());
    this.#scheduled = true;
  }

  #restart() {
    this.#scheduled = false;
    this.#reading.abort();
    if (this.closed) return;
    this.#reading = this.part();
    const { signal } = this.#reading;
    for (const rooms of byEpoch([...this.#rooms.values()])) this.guard(() => this.#listen(rooms, signal), signal);
  }

  async #listen(rooms, signal) {
    const events = new ServerEvents();
    const limits = { first: FIRST_BYTE_MS, silence: SILENCE_MS };
    try {
      for await (const text of stream("events/stream", { query: queryOf(rooms), signal, ...limits })) {
        for (const { name, data } of events.take(text)) this.#take({ command: name, ...JSON.parse(data) });
      }
    } catch (error) {
      return signal.aborted || this.refuse(this.#let(rooms), error);
    }
    throw connectionLost();
  }

  #take(frame) {
    if (frame.command === Command.error) this.#let([frame]);
    this.hear(frame);
  }

  #let(cursors) {
    for (const { room } of cursors) this.#rooms.delete(room);
    return cursors.map(({ room }) => room);
  }
}

/** A stream has one epoch; rooms have several while some are still to learn of a new one. */
const byEpoch = (rooms) => Object.values(Object.groupBy(rooms, ({ epoch }) => epoch));

const queryOf = (rooms) => ({
  rooms: rooms.map(({ room, after }) => `${room}:${after}`).join(","),
  epoch: rooms[0].epoch,
});
