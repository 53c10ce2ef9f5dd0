// What a ballot on the screen means: its marks in canonical order, or why it cannot go on (voting/ballots.py).
import { fill } from "./page.js";

/** Digits by value, then every other number as a string: "ascending" of the canonical text. */
export function ascending(one, other) {
  const digits = [one, other].map((number) => /^[0-9]+$/.test(number));
  if (digits[0] !== digits[1]) return digits[0] ? -1 : 1;
  if (digits[0]) return Number(one) - Number(other) || (one < other ? -1 : 1);
  return one < other ? -1 : 1;
}

/** {marks} in canonical order, or {refusal} in words. */
export function readBallot(form, rules) {
  const ranked = form.dataset.ballot === "ranking";
  const marks = ranked ? placesOf(form) : ticksOf(form);
  if (marks === null) return { refusal: rules.textGap };
  if (!marks.length) return { refusal: rules.textNone };
  if (marks.length < Number(rules.minMarks)) return { refusal: fill(rules.textFew, { count: rules.minMarks }) };
  if (marks.length > Number(rules.maxMarks)) return { refusal: fill(form.dataset.textTooMany, { limit: rules.maxMarks }) };
  return { marks };
}

function ticksOf(form) {
  return [...form.querySelectorAll("[data-choice]:checked")].map((box) => box.value).sort(ascending);
}

function placesOf(form) {
  const placed = [];
  for (const select of form.querySelectorAll("[data-rank]")) {
    if (!select.value) continue;
    const place = Number(select.value) - 1;
    if (placed[place] !== undefined) return null;
    placed[place] = select.name.replace(/^rank-/, "");
  }
  for (let place = 0; place < placed.length; place += 1) if (placed[place] === undefined) return null;
  return placed;
}
