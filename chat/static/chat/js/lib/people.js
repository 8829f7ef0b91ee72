/** How people and rooms are called and drawn; the server's template tags do the same. */

const HUES = 12;

export const hueOf = ({ username }) => [...username].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;

/** One or two letters of a name. */
export function initials(name) {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0] ?? "").join("").toUpperCase();
}

/** Draws a person's face: their picture, above the initials of `name` on their colour. */
export function drawFace(face, person, name = person.display_name) {
  face.dataset.hue = hueOf(person);
  face.textContent = initials(name);
  if (person.avatar) face.append(Object.assign(document.createElement("img"), { src: person.avatar, alt: "" }));
}

/** A room's name for one reader: a direct room is called by its other people. */
export function roomName(room, me) {
  if (room.kind !== "direct") return room.title;
  const others = room.people.filter((person) => person.username !== me.username);
  return others.map((person) => person.display_name).join(", ") || me.display_name;
}

/** Names as one says them: "Mona", "Mona and Jun", "Mona, Jun and 3 others". */
export function sayNames(names) {
  if (names.length <= 2) return names.join(" and ");
  const rest = names.length - 2;
  return `${names[0]}, ${names[1]} and ${rest} other${rest === 1 ? "" : "s"}`;
}
