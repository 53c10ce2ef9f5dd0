// Leaving a draft is said in the page, in plain words; the browser's own question is never used.
document.addEventListener("click", (event) => {
  const note = document.querySelector("[data-leave-note]");
  if (!note) return;
  if (event.target.closest("[data-stay]")) {
    note.hidden = true;
    document.querySelector("[data-leaves]:not([data-kiosk-restart])").focus();
  } else if (event.target.closest("[data-leaves]") && note.hidden && holdsDraft()) {
    event.preventDefault();
    note.hidden = false;
    note.focus();
    note.scrollIntoView({ block: "center" });
  }
}, { capture: true });

/** On the review page everything is a draft; on the ballot page as soon as something is chosen. */
function holdsDraft() {
  const ranked = [...document.querySelectorAll("[data-rank]")].some((select) => select.value);
  return ranked || document.querySelector("[data-cast], [data-choice]:checked") !== null;
}
