/** Why nobody, or nobody but moderators, writes in a room; "" while it is open. The server decides. */
export function closing({ archived, announcements }, may) {
  if (archived) return "This room is archived.";
  return announcements && !may?.moderate ? "Only moderators write here; you may react." : "";
}
