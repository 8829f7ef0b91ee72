/** Speaks new messages of others to screen readers: those at the end only, never history and never edits. */

const KEPT = 5;
const LONGEST = 160;

export function announcer(log, { conversation }) {
  conversation.on("arrived", (message) => {
    if (!conversation.store.following) return;
    const line = document.createElement("p");
    line.textContent = `${message.author.display_name}: ${message.body.slice(0, LONGEST)}`;
    log.append(line);
    while (log.children.length > KEPT) log.firstElementChild.remove();
  });
}
