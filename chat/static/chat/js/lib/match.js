/** Finding by the first letters of words, whatever their case and accents. */

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** At most `most` of `items` of whose `wordsOf(item)` one begins with `text`; those with the whole word first. */
export function matching(text, items, wordsOf, most = Infinity) {
  const wanted = fold(text.trim());
  const rank = (item) => {
    const words = wordsOf(item).map(fold);
    const place = words.findIndex((word) => word.startsWith(wanted));
    if (place === -1) return Infinity;
    return words.includes(wanted) ? -1 : place;
  };
  const ranked = items.map((item) => ({ item, place: rank(item) })).filter(({ place }) => place < Infinity);
  return ranked.sort((a, b) => a.place - b.place).slice(0, most).map(({ item }) => item);
}

/** The words by which somebody is found. */
export const wordsOfPerson = ({ username, display_name: name }) => [username, name, ...name.split(/\s+/u)];
