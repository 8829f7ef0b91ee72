/**
 * What is shown without a network: the newest messages of the rooms read last, never older than what the server has said.
 *
 * A kept room goes along with every event that comes: they are gathered and written once a second, but at once where
 * a text is changed or removed. One that has fallen behind (its head or epoch is not the server's) is thrown away
 * before it is read anew, so that nothing removed meanwhile can be shown again.
 */

import { Kind } from "../wire.js";
import { MessageStore } from "./message_store.js";

const MOST_ROOMS = 10;
const MOST_MESSAGES = 50;
const GATHER_MS = 1000;
const TAKES_AWAY = new Set([Kind.edited, Kind.deleted]);

export class KeptRooms {
  #store;
  #me;
  #fetch;
  #turn;
  #gathered = new Map();
  #timer = null;

  /** `fetch(room)` resolves with its newest page. What was kept for another reader goes at once. */
  constructor({ store, me, fetch }) {
    this.#store = store;
    this.#me = me;
    this.#fetch = fetch;
    this.#turn = this.#forgetOthers();
  }

  /** Settled when all that was asked has been done. */
  get done() {
    return this.#turn;
  }

  /** The reader has this room open, with this newest page. */
  keep(summary, page) {
    return this.#next(async () => {
      await this.#put({ summary, page, at: Date.now() });
      const records = (await this.#store.all()).sort((a, b) => b.at - a.at);
      for (const { summary } of records.slice(MOST_ROOMS)) await this.#store.delete(summary.room);
    });
  }

  /** The server says where the logs stand. */
  compare(epoch, rooms) {
    const heads = new Map(rooms.map(({ room, head }) => [room, head]));
    return this.#next(async () => {
      await this.#writeGathered();
      for (const record of await this.#store.all()) {
        const { head, epoch: known } = record.page;
        if (known !== epoch || heads.get(record.summary.room) !== head) await this.#readAnew(record);
      }
    });
  }

  apply({ room, events }) {
    const gathered = this.#gathered.get(room) ?? [];
    gathered.push(...events);
    this.#gathered.set(room, gathered);
    if (events.some(({ kind }) => TAKES_AWAY.has(kind))) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Writes what was gathered. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#gathered.size) this.#next(() => this.#writeGathered());
  }

  /** What is held of the room may be wrong. */
  renew(room) {
    this.#gathered.delete(room);
    return this.#next(async () => {
      const record = await this.#store.get(room);
      if (record) await this.#readAnew(record);
    });
  }

  forget(room) {
    this.#gathered.delete(room);
    return this.#next(() => this.#store.delete(room));
  }

  async #writeGathered() {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [room, events] of gathered) {
      const record = await this.#store.get(room);
      if (record) await this.#goAlong(record, events);
    }
  }

  #goAlong(record, events) {
    const { page } = record;
    if (events[0].seq > page.head + 1) return this.#readAnew(record);
    const head = Math.max(page.head, events.at(-1).seq);
    return this.#put({ ...record, page: { ...page, ...applied(page, events), head } });
  }

  async #readAnew(record) {
    await this.#store.delete(record.summary.room);
    const page = await this.#fetch(record.summary.room).catch(() => null);
    if (page) await this.#put({ ...record, page });
  }

  #put(record) {
    const messages = record.page.messages.slice(0, MOST_MESSAGES);
    const kept = { ...record, me: this.#me, page: { ...record.page, messages } };
    return this.#store.put(record.summary.room, kept);
  }

  async #forgetOthers() {
    for (const { me, summary } of await this.#store.all()) {
      if (me.username !== this.#me.username) await this.#store.delete(summary.room);
    }
  }

  #next(work) {
    this.#turn = this.#turn.then(work, work);
    return this.#turn;
  }
}

function applied(page, events) {
  const store = new MessageStore();
  store.replace(page);
  store.apply(events);
  return { messages: [...store.messages].reverse(), has_older: store.hasOlder };
}
