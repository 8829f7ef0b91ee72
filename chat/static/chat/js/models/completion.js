/** What a half-written word in a message may become: a person who is called, or an emoji. */

import { emojiNamed, findEmoji } from "../lib/emoji.js";
import { matching, wordsOfPerson } from "../lib/match.js";

const MOST = 7;
const WORD = /(?<=^|[\s(*_])(?:@(?<person>[\p{L}\p{N}_.-]*)|:(?<emoji>[a-z0-9_+-]{2,})(?<closed>:?))$/iu;

/** The word that ends at the caret: `{kind, text, start, end}`, or null when it is none that can be completed. */
export function wordAt(text, caret) {
  const found = WORD.exec(text.slice(0, caret));
  if (!found) return null;
  const { person, emoji, closed } = found.groups;
  const place = { start: found.index, end: caret };
  if (person !== undefined) return { kind: "person", text: person, ...place };
  return { kind: closed ? "named" : "emoji", text: emoji, ...place };
}

/** What stands for the word: `{text, label, aside, person}` each, the likeliest first. */
export function choicesFor(word, people) {
  if (word.kind === "person") {
    return matching(word.text, people, wordsOfPerson, MOST).map((person) => ({
      text: `@${person.username} `, label: person.display_name, aside: `@${person.username}`, person,
    }));
  }
  return findEmoji(word.text, MOST).map(({ emoji, name }) => ({ text: `${emoji} `, label: name, sign: emoji }));
}

/** The emoji that a word closed by a colon names, or undefined. */
export const named = (word) => (word?.kind === "named" ? emojiNamed(word.text) : undefined);
