/** Messages and events in the shapes of the wire. */

export const anna = { id: 1, username: "anna", display_name: "Anna Berg", kind: "person" };
export const ben = { id: 2, username: "ben", display_name: "Ben Ode", kind: "person" };

export function message(seq, fields = {}) {
  return {
    room: "harbour", seq, version: seq, client_id: `c${seq}`, author: ben,
    body: `text ${seq}`, html: `<p>text ${seq}</p>`,
    reply_to: null, mentions: [], reactions: [], pinned: false, created_at: "2026-11-20T10:00:00Z", edited_at: null,
    deleted: null, ...fields,
  };
}

/** Messages with these seqs, newest first, as history answers them. */
export function page(seqs, { older = false, newer = false, head = Math.max(0, ...seqs), epoch = "e1" } = {}) {
  const messages = seqs.map((seq) => (typeof seq === "number" ? message(seq) : seq)).reverse();
  return { messages, has_older: older, has_newer: newer, head, epoch };
}

export const created = (seq, fields) => {
  const said = message(seq, fields);
  return { seq, kind: "message.created", actor: said.author.username, message: said };
};

export const edited = (seq, of, fields = {}) => ({
  seq, kind: "message.edited", actor: "ben", message: message(of, { version: seq, body: `edit ${seq}`, ...fields }),
});

export function deleted(seq, of) {
  const deletion = { at: "2026-11-20T11:00:00Z", by: "author", reason: "" };
  const erased = message(of, { version: seq, body: "", html: "", deleted: deletion });
  return { seq, kind: "message.deleted", actor: "ben", message: erased };
}

export const reacted = (seq, of, emoji = "👍", version = seq) => ({
  seq, kind: "reaction.added", actor: "anna", message: of, version, emoji,
  reactions: [{ emoji, count: 1, people: ["anna"] }],
});

export const pinned = (seq, of, { pinned = true, version = seq } = {}) => ({
  seq, kind: pinned ? "message.pinned" : "message.unpinned", actor: "anna", message: of, version,
});
