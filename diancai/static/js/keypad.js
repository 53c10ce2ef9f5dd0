// Keys on the screen of a public terminal, which often has no keyboard. A scanner that types goes into the same field.
import { button, onPage } from "./page.js";

onPage((main) => {
  const pad = main.querySelector("[data-keypad]");
  const field = main.querySelector("[data-code]");
  if (!pad || !field) return;
  field.inputMode = "none"; // the device's own keyboard would cover these keys
  for (const character of pad.dataset.keypad) pad.append(key(character, () => type(field, field.value + character)));
  pad.append(key(pad.dataset.textErase, () => type(field, field.value.replace(/[^0-9A-Z]+$/i, "").slice(0, -1)), "keypad-wide"));
  pad.append(key(pad.dataset.textClear, () => type(field, ""), "keypad-wide"));
  pad.hidden = false;
  field.focus({ preventScroll: true });
});

function key(words, press, style = "") {
  const made = button(words, { style: `btn btn-outline keypad-key ${style}`.trim() });
  made.addEventListener("click", press);
  return made;
}

/** As if it were typed, so that it is put in groups. */
function type(field, text) {
  field.value = text;
  field.setSelectionRange(text.length, text.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus({ preventScroll: true });
}
