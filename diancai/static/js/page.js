// A page begins when the document is read and again whenever a kiosk swaps <main> in place of walking on.
const SWAPPED = "diancai:swapped";

/** Run `begin(main)` now and after each swap. */
export function onPage(begin) {
  const main = document.querySelector("main");
  if (main) begin(main);
  document.addEventListener(SWAPPED, (event) => begin(event.detail.main));
}

/** Tell every module that a new <main> stands in the document. */
export function announceSwap(main) {
  document.dispatchEvent(new CustomEvent(SWAPPED, { detail: { main } }));
}

/** Fill {names} of a sentence that the server translated. */
export function fill(sentence, facts) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

/** 分 in words, exact, as the server writes it: 万元 in Chinese, yuan in English. */
export function money(fen) {
  if (document.documentElement.lang === "en") {
    return `¥${Math.trunc(fen / 100).toLocaleString("en")}.${String(fen % 100).padStart(2, "0")}`;
  }
  const decimals = String(fen % 1_000_000).padStart(6, "0").replace(/0+$/, "");
  return `${Math.trunc(fen / 1_000_000).toLocaleString("en")}${decimals ? "." : ""}${decimals}万元`;
}

/** A button with a word and, if named, an icon before it. */
export function button(words, { icon, style = "btn btn-outline", label } = {}) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = style;
  if (icon) made.append(iconOf(icon));
  made.append(words);
  if (label) made.setAttribute("aria-label", label);
  return made;
}

export function iconOf(name) {
  const made = document.createElement("i");
  made.className = `bi bi-${name}`;
  made.setAttribute("aria-hidden", "true");
  return made;
}
