/** The reader's rooms with what waits in each: begun by the server's counts, kept by events, mended by a reload. */

import { Emitter } from "../lib/emitter.js";
import { Kind } from "../wire.js";

/** Servers gather read marks before they write them; so long what is read here counts for more than what they say. */
const GATHERING_MS = 5000;

export class RoomList extends Emitter {
  #rooms = new Map();
  #me;
  #shelf;

  /** `shelf` keeps what was just read over the way to the next page. */
  constructor({ rooms, me, shelf }) {
    super();
    this.#me = me;
    this.#shelf = shelf;
    this.replace(rooms);
  }

  get rooms() {
    return [...this.#rooms.values()];
  }

  /** What calls the reader by name: mentions, and everything unread in direct rooms. */
  get calls() {
    return this.rooms.reduce((sum, room) => sum + (room.kind === "direct" ? room.unread : room.mentions), 0);
  }

  /** The newest event known of a room, or undefined for one that is not in the list. */
  headOf(slug) {
    return this.#rooms.get(slug)?.head;
  }

  /** The whole list anew. */
  replace(rooms) {
    this.#rooms = new Map(rooms.map((room) => [room.room, { ...room }]));
    this.#remember();
    this.emit("change");
  }

  /** Fresh counts of the rooms that are in the list; whether they are all the same rooms. */
  recount(rooms) {
    for (const room of rooms) Object.assign(this.#rooms.get(room.room) ?? {}, room);
    this.#remember();
    this.emit("change");
    return rooms.length === this.#rooms.size && rooms.every(({ room }) => this.#rooms.has(room));
  }

  apply({ room: slug, events }) {
    const room = this.#rooms.get(slug);
    if (!room) return;
    for (const event of events) this.#count(room, event);
    this.emit("change");
  }

  /** The reader has read up to `seq`, or put the mark back to it; returns whether the counts are still right. */
  read(slug, seq) {
    const room = this.#rooms.get(slug);
    if (!room || seq === room.read) return true;
    if (seq < room.read) return false;
    this.#shelf.set(slug, { seq, at: Date.now() });
    const exact = this.#clear(room, seq);
    this.emit("change");
    return exact;
  }

  /** The reader puts the mark of a room back: what was read here counts no more. */
  forget(slug) {
    this.#shelf.delete(slug);
  }

  #remember() {
    for (const room of this.rooms) {
      const mark = this.#shelf.get(room.room);
      if (!mark) continue;
      if (Date.now() - mark.at > GATHERING_MS) this.#shelf.delete(room.room);
      else if (mark.seq > room.read) this.#clear(room, mark.seq);
    }
  }

  #clear(room, seq) {
    room.read = seq;
    if (seq < room.head && room.unread) return false;
    Object.assign(room, { unread: 0, mentions: 0 });
    return true;
  }

  /** Events up to the head have been counted by the server. */
  #count(room, event) {
    if (event.seq <= room.head) return;
    room.head = event.seq;
    if (event.kind === Kind.roomChanged) Object.assign(room, { title: event.room.title, topic: event.room.topic });
    if (event.member) room.people = dressed(room.people, event.member.person);
    if (event.kind !== Kind.created || event.seq <= room.read) return;
    if (event.actor === this.#me.username) {
      Object.assign(room, { read: event.seq, unread: 0, mentions: 0 });
    } else {
      room.unread += 1;
      if (event.message.mentions.includes(this.#me.username)) room.mentions += 1;
    }
  }
}

/** `people` with this one of them as everybody sees them now. */
const dressed = (people, person) => people.map((each) => (each.username === person.username ? person : each));
