// What a ballot on the screen means: its marks in canonical order, or why it cannot go on (voting/ballots.py).
import { fill } from "./page.js";

/** Digits by value, then every other number as a string: "ascending" of the canonical text. */
export function ascending(one, other) {
  const digits = [one, other].map((number) => /^[0-9]+$/.test(number));
  if (digits[0] !== digits[1]) return digits[0] ? -1 : 1;
  if (digits[0]) return Number(one) - Number(other) || (one < other ? -1 : 1);
  return one < other ? -1 : 1;
}

/** The items in an order of this one voter (每人随机), every order as likely as any other. */
export function drawOrder(numbers) {
  const drawn = [...numbers];
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const place = drawBelow(last + 1);
    [drawn[last], drawn[place]] = [drawn[place], drawn[last]];
  }
  return drawn;
}

/** A whole number from 0, below `count`; the few draws that would favour small numbers are thrown again. */
function drawBelow(count) {
  const fair = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < fair) return drawn % count;
  }
}

/** Put the cards, items withdrawn among them, into this order. */
export function arrange(main, order) {
  const list = main.querySelector("ul.items");
  const cards = new Map([...list.children].map((card) => [numberOf(card), card]));
  list.append(...order.map((number) => cards.get(number)));
}

export function numbersOn(main) {
  return [...main.querySelector("ul.items").children].map(numberOf);
}

function numberOf(card) {
  return card.querySelector(".item-number").textContent;
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
