/** Until the rest of the script has come, Enter sends what is written by the form itself, as one expects of a chat. */

document.addEventListener("keydown", (event) => {
  const { target, key, shiftKey, isComposing, defaultPrevented } = event;
  if (defaultPrevented || isComposing || key !== "Enter" || shiftKey) return;
  if (!target.matches(".compose textarea") || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  if (target.value.trim()) target.form.requestSubmit();
});

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented && target.matches(".compose")) target.dataset.sent = "";
});
