/** The REST door: whatever goes by a request and its answer, and streams of text that last. */

import { WireError, connectionLost, intercepted } from "../wire.js";

const ROOT = "/api/v1/";
const PATIENCE_MS = 15000;

/** A signal that fires when nothing happened for so long, or when the given one does. */
class Patience {
  #controller = new AbortController();
  #timer = null;

  constructor(given) {
    if (given?.aborted) this.#controller.abort();
    given?.addEventListener("abort", () => this.#controller.abort(), { signal: this.#controller.signal });
  }

  get signal() {
    return this.#controller.signal;
  }

  expect(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }

  end() {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

const address = (path, query = {}) => `${ROOT}${path}?${new URLSearchParams(query)}`;

const csrfToken = () => /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";

function options(method, body, signal) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" });
  return { method, headers, signal, body: body && JSON.stringify(body) };
}

/** What an answer says, null for nothing; throws a WireError for a refusal or what is no answer of the chat. */
async function answerOf(response) {
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  if (answer?.error) throw new WireError(answer.error);
  throw response.status >= 500 ? connectionLost() : intercepted();
}

/** Asks the API; resolves with the answer, rejects with a WireError, also when none comes in time. */
export async function call(method, path, { query, body, signal, patience = PATIENCE_MS } = {}) {
  const limit = new Patience(signal);
  limit.expect(patience);
  try {
    return await answerOf(await fetch(address(path, query), options(method, body, limit.signal)));
  } catch (error) {
    throw error instanceof WireError ? error : connectionLost();
  } finally {
    limit.end();
  }
}

/** The text of a stream as it comes: what does not begin within `first` ms is held back on its way. */
export async function* stream(path, { query, signal, first, silence }) {
  const limit = new Patience(signal);
  limit.expect(first);
  let begun = false;
  try {
    const response = await fetch(address(path, query), { signal: limit.signal });
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) await answerOf(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      begun = true;
      limit.expect(silence);
      yield part.value;
    }
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw limit.signal.aborted && !begun ? intercepted() : connectionLost();
  } finally {
    limit.end();
  }
}

/** A page of history in the shape of the page's own data: messages newest first, and what lies beyond them. */
export async function history(room, bounds) {
  const { results, next, previous, head, epoch } = await call("GET", `rooms/${room}/messages`, { query: bounds });
  return { messages: results, has_older: next !== null, has_newer: previous !== null, head, epoch };
}

/** One message as it is now. */
export const message = (room, seq) => call("GET", `rooms/${room}/messages/${seq}`);

/** A room as its reader has it; rejects for one they may not read, with the reason where there is one to tell. */
export const room = (slug) => call("GET", `rooms/${slug}`);

/** Why a moderator put the reader out of a room; "" where no reason was given. */
export const whyRemoved = (slug) =>
  fetch(`/rooms/${slug}/removed/`).then((answer) => answer.json()).then(({ reason }) => reason).catch(() => "");

/** Brings back what a moderator removed. */
export const restore = (slug, seq) => call("DELETE", `rooms/${slug}/messages/${seq}/removal`);

const HOUR_MS = 3600 * 1000;

/** What a moderator does about somebody in a room: `act` is mute, ban, kick or messages (removes those of `hours`). */
export function moderate(slug, username, { act, hours, reason }) {
  const from = (ms) => new Date(Date.now() + ms).toISOString();
  const member = `rooms/${slug}/members/${encodeURIComponent(username)}`;
  if (act === "kick") return call("DELETE", member, { body: { reason } });
  if (act === "messages") {
    return call("POST", `rooms/${slug}/removals`, { body: { username, reason, since: from(-hours * HOUR_MS) } });
  }
  const ends_at = hours ? from(hours * HOUR_MS) : null;
  return call("POST", `rooms/${slug}/sanctions`, { body: { username, kind: act, reason, ends_at } });
}

/** Tells the moderators what is wrong with a message. */
export const report = (room, seq, reason) =>
  call("POST", `rooms/${room}/messages/${seq}/report`, { body: { reason } });

/** The rooms of who is signed in, with their counts. */
export const rooms = async () => (await call("GET", "rooms")).results;

/** Some of the people whose name contains `text`; none where one asks too often. */
export async function people(text) {
  const found = await call("GET", "people", { query: { q: text, limit: 8 } }).catch(() => null);
  return found?.results ?? [];
}
