/** The two ways out of a failed send: try again, or discard. */

import { closest } from "../lib/dom.js";

export function failedSends(list, { chat: { outbox } }) {
  list.addEventListener("click", (event) => {
    const button = closest(event, "[data-retry], [data-discard]");
    if (!button) return;
    const { clientId } = closest(event, "[data-client-id]").dataset;
    if ("retry" in button.dataset) outbox.retry(clientId);
    else outbox.drop(clientId);
  });
}
