/** The REST door, for reading: history, rooms and people. */

import { WireError, connectionLost } from "../wire.js";

const ROOT = "/api/v1/";

async function read(path, query = {}) {
  const url = `${ROOT}${path}?${new URLSearchParams(query)}`;
  const response = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response) throw connectionLost();
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new WireError(answer.error ?? { code: "unavailable", message: "The server did not answer." });
  return answer;
}

/** A page of history in the shape of the page's own data: messages newest first, and what lies beyond them. */
export async function history(room, bounds) {
  const { results, next, previous, head, epoch } = await read(`rooms/${room}/messages`, bounds);
  return { messages: results, has_older: next !== null, has_newer: previous !== null, head, epoch };
}

/** The rooms of who is signed in, with their counts. */
export const rooms = async () => (await read("rooms")).results;

/** Some of the people whose name contains `text`; none where one asks too often. */
export const people = async (text) => (await read("people", { q: text, limit: 8 }).catch(() => ({ results: [] }))).results;
