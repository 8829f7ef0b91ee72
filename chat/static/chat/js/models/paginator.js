/** Reads a room's history into the store: older, newer, newest, or around a message; one request at a time each way. */

import { Emitter } from "../lib/emitter.js";

const LIMIT = 50;
const AGAIN_MS = 500;
const LATER_MS = 5000;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Paginator extends Emitter {
  #store;
  #fetch;
  #underWay = new Map();

  /** `fetch(bounds)` resolves with a page; "failed" is emitted with the error when it does not. */
  constructor({ store, fetch }) {
    super();
    this.#store = store;
    this.#fetch = fetch;
  }

  older() {
    const { oldest, hasOlder } = this.#store;
    if (!oldest || !hasOlder) return Promise.resolve();
    return this.#once("older", async () => this.#store.addOlder(await this.#page({ before: oldest.seq })));
  }

  newer() {
    const { newest, hasNewer } = this.#store;
    if (!newest || !hasNewer) return Promise.resolve();
    return this.#once("newer", async () => this.#store.addNewer(await this.#page({ after: newest.seq })));
  }

  around(seq) {
    return this.#once("around", async () => this.#store.replace(await this.#page({ around: seq })));
  }

  /** Begins anew at the end, with a page that was read at `head` or later. */
  newest(head = 0) {
    return this.#once("newest", async () => {
      let page = await this.#page({});
      while (page.head < head) {
        await later(AGAIN_MS);
        page = await this.#page({});
      }
      this.#store.replace(page);
    });
  }

  /** Like newest, until it succeeds: what the page shows may not stay. */
  async renew(head) {
    while (!(await this.newest(head))) await later(LATER_MS);
  }

  #page(bounds) {
    return this.#fetch({ ...bounds, limit: LIMIT });
  }

  /** Resolves with whether it succeeded. */
  #once(name, load) {
    if (!this.#underWay.has(name)) {
      const done = this.#store.during(load).then(
        () => true,
        (error) => (this.emit("failed", error), false),
      );
      this.#underWay.set(name, done.finally(() => this.#underWay.delete(name)));
    }
    return this.#underWay.get(name);
  }
}
