/** Puts text in the place of what is selected in a field, as if it had been typed. */
export function insertText(field, text) {
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
