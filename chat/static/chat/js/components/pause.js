/** Says why one has to wait before writing, and counts down; the reason is read out, the seconds are not. */

import { fillSlot, find, slot } from "../lib/dom.js";
import { lasting } from "../lib/time.js";

const TICK_MS = 1000;

export function pause(line, { conversation }) {
  let ticking = null;

  function show() {
    const { left, reason } = conversation.pause;
    line.hidden = !reason;
    fillSlot(line, "reason", reason);
    fillSlot(line, "left", left && left < Infinity ? `You can write again in ${lasting(left)}.` : "");
    if (find(".compose")) slot(line, "appeal").hidden = !conversation.pause.muted;
    if (left && left < Infinity) ticking ??= setInterval(tick, TICK_MS);
  }

  function tick() {
    if (conversation.pause.left) return show();
    clearInterval(ticking);
    ticking = null;
    return conversation.pause.emit("change");
  }

  /** Where there is nothing to write in, the page comes anew with it. */
  function changed() {
    if (conversation.pause.left || find(".compose")) show();
    else location.reload();
  }

  conversation.pause.on("change", changed);
  show();
}
