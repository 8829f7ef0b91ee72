/** A button that opens one of the page's dialogs. */
export function opener(button, { chat }) {
  button.addEventListener("click", () => chat.emit(`open-${button.dataset.opens}`));
}
