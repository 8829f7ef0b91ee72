/** Says who is typing. */

import { slot } from "../lib/dom.js";
import { sayNames } from "../lib/people.js";

export function typingLine(line, { conversation }) {
  const { typing } = conversation;
  typing.on("change", () => {
    const { names } = typing;
    line.classList.toggle("is-typing", names.length > 0);
    const verb = names.length === 1 ? "is" : "are";
    slot(line, "words").textContent = names.length ? `${sayNames(names)} ${verb} typing` : "";
  });
}
