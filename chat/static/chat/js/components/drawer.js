/** A side of the page that slides in where there is no room for it; Escape, the backdrop and its own links close it. */

import { closest, find } from "../lib/dom.js";

export function drawer(button) {
  const side = document.getElementById(button.getAttribute("aria-controls"));
  const main = find("main");

  function open(wanted) {
    side.classList.toggle("is-open", wanted);
    button.setAttribute("aria-expanded", String(wanted));
    main.inert = wanted;
    if (wanted) find("a, button, input", side)?.focus();
    else button.focus();
  }

  const refused = find("[aria-invalid]", side);
  if (refused && button.offsetParent) {
    open(true);
    refused.focus();
  }

  const isOpen = () => side.classList.contains("is-open");

  button.addEventListener("click", () => open(!isOpen()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && isOpen() && open(false));
  document.addEventListener("pointerdown", (event) => isOpen() && !side.contains(event.target) && open(false));
  side.addEventListener("click", (event) => closest(event, "a") && isOpen() && open(false));
}
