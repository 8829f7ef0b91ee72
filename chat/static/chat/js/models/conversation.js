/** The room that the page shows: its messages, who is in it, what the reader does there. */

import { history, message as messageOf, room as roomOf, whyRemoved } from "../lib/api.js";
import { Emitter } from "../lib/emitter.js";
import { Command, Kind } from "../wire.js";
import { MessageStore } from "./message_store.js";
import { optimistic } from "./outbox.js";
import { Paginator } from "./paginator.js";
import { Pause } from "./pause.js";
import { Pins } from "./pins.js";
import { Presence } from "./presence.js";
import { ReadMarker } from "./read_marker.js";
import { Thread } from "./thread.js";
import { arrange } from "./timeline.js";
import { Typing } from "./typing.js";

export class Conversation extends Emitter {
  constructor(chat, { room, history: page, members, pins = [], may, pause = null, fetch = (bounds) => history(room.room, bounds) }) {
    super();
    this.chat = chat;
    this.summary = room;
    this.may = may;
    this.members = new Map(members.map((member) => [member.person.username, member]));
    this.store = new MessageStore();
    this.store.replace(page);
    this.store.following = !page.has_newer;
    this.paginator = new Paginator({ store: this.store, fetch });
    this.pins = new Pins({ pins, store: this.store, fetch: (seq) => messageOf(room.room, seq) });
    const fetchReplies = (seq) => fetch({ reply_to: seq, limit: 100 });
    this.thread = new Thread({ fetch: (seq) => messageOf(room.room, seq), fetchReplies });
    this.presence = new Presence();
    this.pause = new Pause({ slowSeconds: room.slow_seconds, exempt: may?.moderate, refused: pause });
    this.typing = new Typing({ tell: () => chat.connection.tell(Command.setTyping, { room: this.room }) });
    this.marker = new ReadMarker({ read: room.read, tell: (seq) => this.#markRead(seq) });
    /** Where the line before the unread messages is drawn: what was read when the page opened. */
    this.unreadAfter = room.unread ? room.read : null;
    /** Whether the reader has marked something unread, which looking at it does not undo. */
    this.staysUnread = false;
    this.#wire(page);
    if (page.has_newer) chat.kept.renew(this.room);
    else chat.kept.keep(room, page);
  }

  get room() {
    return this.summary.room;
  }

  send(body, replyTo) {
    Object.assign(this, { unreadAfter: null, staysUnread: false });
    this.emit("jump");
    this.chat.outbox.add({ room: this.room, body, replyTo });
  }

  /** What one does to a message that is there; rejects with the server's refusal. */
  edit = (seq, body) => this.#act(Command.editMessage, { seq, body });
  remove = (seq, reason) => this.#act(Command.deleteMessage, { seq, reason });

  setPinned = (seq, pinned) => this.#act(pinned ? Command.pinMessage : Command.unpinMessage, { seq });

  toggle(message, emoji) {
    const mine = message.reactions.find((each) => each.emoji === emoji)?.people.includes(this.chat.me.username);
    return this.#act(mine ? Command.removeReaction : Command.addReaction, { seq: message.seq, emoji });
  }

  /** What is to be shown, oldest first: held messages, then those that are not acknowledged with their `pending`. */
  items() {
    const { store, chat } = this;
    const pending = new Map(chat.outbox.of(this.room).map((entry) => [entry.clientId, entry]));
    for (const message of store.messages) if (this.isMine(message)) pending.delete(message.client_id);
    const messages = [...store.messages, ...[...pending.values()].map((entry) => optimistic(entry, chat.me))];
    const options = { unreadAfter: this.unreadAfter, hasOlder: store.hasOlder, me: chat.me };
    const answers = store.messages.filter(({ reply_to: of, deleted }) => of !== null && !deleted);
    const replies = Object.groupBy(answers, ({ reply_to: of }) => of);
    return arrange(messages, options).map((item) => ({
      ...item,
      replies: replies[item.message.seq]?.length ?? 0,
      pending: item.message.seq ? null : pending.get(item.message.client_id),
      replied: store.get(item.message.reply_to),
    }));
  }

  #isAnswered({ seq }) {
    return this.store.messages.some(({ reply_to: of, deleted }) => of === seq && !deleted);
  }

  isMine(message) {
    return message.author.username === this.chat.me.username;
  }

  /** Whether the reader may be shown this act on this message; the server decides again. */
  offers(act, message) {
    if (act === "copy" || act === "unread") return true;
    if (act === "thread") return message.reply_to !== null || this.#isAnswered(message);
    if (message.deleted) return act === "restore" && this.may.moderate && message.deleted.by === "moderator";
    if (act === "edit") return this.isMine(message);
    if (act === "report") return !this.may.moderate && !this.isMine(message);
    if (act === "delete") return this.may.moderate || this.isMine(message);
    if (act === "sanction") return this.may.sanction && !this.isMine(message);
    return { reply: this.may.send, admin: Boolean(this.may.admin), pin: this.may.pin, pick: true }[act];
  }

  /** The newest message of the reader that can still be edited, or undefined. */
  lastOwn() {
    return this.store.messages.findLast((message) => this.isMine(message) && !message.deleted);
  }

  /** From this message on all is unread again, until the reader comes back or writes. */
  markUnread({ seq }) {
    const read = seq - 1;
    Object.assign(this, { unreadAfter: read, staysUnread: true });
    this.marker.back(read);
    this.chat.list.forget(this.room);
    this.store.emit("change");
    return this.#act(Command.markRead, { seq: read, back: true });
  }

  /** Everything up to the newest event is before the reader's eyes. */
  sawAll() {
    if (this.staysUnread) return;
    const head = this.chat.list.headOf(this.room);
    if (!head) return;
    this.marker.saw(head);
    this.chat.list.read(this.room, head);
  }

  #wire(page) {
    const { connection, feed, outbox } = this.chat;
    const here = (handle) => (frame) => frame.room === this.room && handle(frame);
    feed.keep(this.room, { after: page.head, epoch: page.epoch });
    feed.on("events", here(({ events }) => this.#apply(events)));
    feed.on("lost", here(({ head }) => (this.pins.renew(), this.thread.renew(), this.paginator.renew(head))));
    feed.on("refused", here(({ error }) => this.emit("refused", error)));
    connection.on(Command.typing, here(({ person }) => this.#isOther(person) && this.typing.heard(this.#known(person))));
    connection.on(Command.presence, here((frame) => this.presence.update(frame)));
    connection.on(Command.read, here(({ seq }) => this.marker.moved(seq)));
    connection.on("state", (state) => state === "open" && this.marker.flush());
    addEventListener("pagehide", () => this.marker.flush());
    outbox.on("sent", here((message) => this.store.put(message)));
    outbox.on("refused", here(({ error }) => this.pause.refused(error)));
    this.chat.on("rooms", (rooms) => this.#learnMute(rooms));
  }

  /** The list has no room that the reader only looks into. */
  async #learnMute(rooms) {
    const mine = rooms.find(({ room }) => room === this.room) ?? (await roomOf(this.room).catch(() => null));
    if (mine?.muted !== undefined) this.pause.told(mine.muted);
  }

  /** As a member is called now: who types may have signed in under another name. */
  #known = (person) => this.members.get(person.username)?.person ?? person;

  #isOther = (person) => person.username !== this.chat.me.username;

  #apply(events) {
    for (const event of events) {
      if (event.kind === Kind.created) this.#arrived(event.message);
      if (event.kind === Kind.deleted) this.emit("gone", event.message);
      if (event.member) this.#changeMember(event);
      if (event.kind === Kind.roomChanged) this.#changeRoom(event.room);
    }
    this.store.apply(events);
    this.pins.apply(events);
    this.thread.apply(events);
  }

  #arrived(message) {
    this.typing.stopped(message.author.username);
    if (!this.isMine(message)) return this.emit("arrived", message);
    this.pause.wrote(new Date(message.created_at));
    return this.chat.outbox.drop(message.client_id);
  }

  #changeRoom(room) {
    this.pause.pace(room.slow_seconds);
    this.emit("room", Object.assign(this.summary, room));
  }

  #changeMember({ kind, member, actor }) {
    if (kind === Kind.left) this.members.delete(member.person.username);
    else this.members.set(member.person.username, member);
    this.emit("members");
    const { username } = this.chat.me;
    if (member.person.username === username) Object.assign(this.chat.me, member.person);
    if (kind === Kind.left && member.person.username === username && actor !== username) this.#putOut(actor);
  }

  /** A moderator ended the reader's membership: the server says why, and whether one may still read. */
  async #putOut(actor) {
    const [refusal, reason] = await Promise.all([roomOf(this.room).then(() => null, (error) => error), whyRemoved(this.room)]);
    const words = `${actor} removed you from this room.${reason && ` Reason: ${reason}`}`;
    if (refusal) this.emit("refused", refusal.code === "banned" ? refusal : { message: words });
    this.emit("told", refusal?.code === "banned" ? refusal.message : words);
  }

  #markRead(seq) {
    this.chat.connection.request(Command.markRead, { room: this.room, seq }).catch(() => this.marker.untold(seq));
  }

  #act(command, fields) {
    return this.chat.connection.request(command, { room: this.room, ...fields });
  }
}
