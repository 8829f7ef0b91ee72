/** What every page of the signed-in reader has: the connection, the rooms followed over it, what is being sent. */

import { history, rooms } from "../lib/api.js";
import { Emitter } from "../lib/emitter.js";
import { Shelf } from "../lib/storage.js";
import { Store } from "../lib/store.js";
import { Command } from "../wire.js";
import { Connection } from "./connection.js";
import { Feed } from "./feed.js";
import { KeptRooms } from "./kept_rooms.js";
import { Outbox } from "./outbox.js";
import { RoomList } from "./room_list.js";

export class Chat extends Emitter {
  constructor({ me, rooms, connection = new Connection() }) {
    super();
    this.me = me;
    this.connection = connection;
    this.feed = new Feed(this.connection);
    this.list = new RoomList({ rooms, me, shelf: new Shelf(`read.${me.username}`) });
    this.outbox = new Outbox({
      name: me.username,
      store: new Store(`outbox.${me.username}`),
      send: (entry) => this.#send(entry),
      isReady: () => this.connection.state === "open",
    });
    const fetch = (room) => history(room, {});
    this.kept = new KeptRooms({ store: new Store("kept"), me, fetch });
    this.#wire();
    this.#keepUp();
  }

  #wire() {
    this.connection.on("state", (state) => state === "open" && this.outbox.pump());
    this.connection.on(Command.hello, ({ rooms }) => (this.list.recount(rooms) ? this.emit("rooms", rooms) : this.#reload()));
    this.connection.on(Command.rooms, ({ rooms }) => (rooms ? this.#take(rooms) : this.#reload()));
    this.connection.on(Command.read, ({ room, seq }) => this.list.read(room, seq) || this.#reload());
    this.feed.on("events", (news) => this.list.apply(news));
  }

  /** What is kept for times without a network goes along with what the server says. */
  #keepUp() {
    this.connection.on(Command.hello, ({ epoch, rooms }) => this.kept.compare(epoch, rooms));
    this.feed.on("events", (news) => this.kept.apply(news));
    this.feed.on("lost", ({ room }) => this.kept.renew(room));
    this.feed.on("refused", ({ room }) => this.kept.forget(room));
    addEventListener("visibilitychange", () => this.kept.flush());
  }

  async #send({ room, clientId, body, replyTo }) {
    const message = { client_id: clientId, body, reply_to: replyTo };
    const answer = await this.connection.request(Command.sendMessage, { room, message });
    return answer.message ?? null;
  }

  async #reload() {
    const fresh = await rooms().catch(() => null);
    if (fresh) this.#take(fresh);
  }

  #take(rooms) {
    this.list.replace(rooms);
    this.feed.follow(rooms);
    this.emit("rooms", rooms);
  }
}
