// The ballot page: what is left, limits with their true reason, 按编号点菜, search and filter. The form works without any of this.
import { fill, money, onPage } from "./page.js";

onPage((main) => {
  const form = main.querySelector("form[data-ballot]");
  if (!form) return;
  const cards = [...form.querySelectorAll("[data-item]")];
  findAndFilter(form, cards);
  if (form.dataset.ballot !== "ranking") ticks(form, cards);
});

function ticks(form, cards) {
  const limit = Number(form.dataset.limit);
  const fund = Number(form.dataset.fundFen);
  const isKnapsack = form.dataset.ballot === "knapsack";
  const boxOf = (card) => card.querySelector("[data-choice]");
  const chosen = () => cards.filter((card) => boxOf(card).checked);
  const spent = (picked) => picked.reduce((sum, card) => sum + Number(card.dataset.costFen), 0);

  function refusalOf(picked) {
    if (picked.length > limit) return fill(form.dataset.textTooMany, { limit });
    if (isKnapsack && spent(picked) > fund) return fill(form.dataset.textOver, { over: money(spent(picked) - fund) });
    return "";
  }

  function show({ announce = true } = {}) {
    const picked = chosen();
    const words = summary(form, picked.length, limit, isKnapsack ? fund - spent(picked) : null);
    showBar(form, words, isKnapsack ? spent(picked) : picked.length, refusalOf(picked));
    if (announce) say(form, words);
  }

  function tick(card, { quiet = false } = {}) {
    const refusal = boxOf(card).checked ? refusalOf(chosen()) : "";
    cards.forEach((other) => setRefusal(other, ""));
    if (refusal) {
      boxOf(card).checked = false;
      setRefusal(card, refusal);
      say(form, refusal);
    }
    if (!quiet) show({ announce: !refusal });
    return refusal;
  }

  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-choice]")) tick(event.target.closest("[data-item]"));
  });
  byNumber(form, cards, (card) => {
    boxOf(card).checked = true;
    return tick(card);
  });
  window.addEventListener("pageshow", () => show({ announce: false }));
  show({ announce: false });
}

function summary(form, count, limit, moneyLeft) {
  const texts = form.dataset;
  if (moneyLeft !== null) {
    return moneyLeft < 0
      ? fill(texts.textOverTotal, { over: money(-moneyLeft), total: money(Number(texts.fundFen) - moneyLeft) })
      : fill(texts.textMoney, { count, money: money(moneyLeft) });
  }
  if (count >= limit) return fill(texts.textFull, { count });
  return fill(texts.exactly ? texts.textExact : texts.textCount, { count, left: limit - count });
}

/** The bar's words, its progress and, where the page came back over the limit, why it cannot go on. */
export function showBar(form, words, value, refusal = "") {
  form.querySelector("[data-said]").textContent = words;
  const progress = form.querySelector("[data-progress]");
  progress.hidden = false;
  progress.value = value;
  progress.setAttribute("aria-valuetext", words);
  const bar = form.querySelector("[data-bar-refusal]");
  bar.textContent = refusal;
  bar.hidden = !refusal;
}

/** Say it to screen readers. */
export function say(form, words) {
  form.querySelector("[data-live]").textContent = words;
}

export function setRefusal(card, words) {
  const place = card.querySelector("[data-refusal]");
  place.textContent = words;
  place.hidden = !words;
}

/** 按编号点菜: `choose(card)` takes one item and answers with the reason of a refusal or nothing. */
export function byNumber(form, cards, choose) {
  const field = form.querySelector("[data-numbers]");
  const apply = form.querySelector("[data-numbers-apply]");
  const said = form.querySelector("[data-numbers-said]");
  apply.hidden = false;

  function take() {
    const typed = field.value.normalize("NFKC").split(/[\s,;、。.・/|号]+/).filter(Boolean);
    const added = [], unknown = [], sentences = [];
    for (const number of typed) {
      const card = cards.find((each) => each.dataset.item === number);
      if (!card) { unknown.push(number); continue; }
      const refusal = choose(card);
      if (refusal) { sentences.push(`${number} ${card.dataset.name}：${refusal}`); break; }
      added.push(number);
    }
    if (added.length) sentences.unshift(fill(form.dataset.textAdded, { numbers: added.join(" ") }));
    if (unknown.length) sentences.push(fill(form.dataset.textUnknown, { numbers: unknown.join(" ") }));
    said.textContent = sentences.join("；");
    field.value = unknown.join(" ");
  }

  apply.addEventListener("click", take);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take();
  });
}

function findAndFilter(form, cards) {
  const picker = form.querySelector("[data-picker]");
  const find = picker.querySelector("[data-find]");
  const selects = [...picker.querySelectorAll("[data-by]")];
  const shown = form.querySelector("[data-shown]");
  picker.hidden = false;

  function filter() {
    const wanted = find.value.trim().toLowerCase();
    let count = 0;
    for (const card of cards) {
      const named = `${card.dataset.item} ${card.dataset.name}`.toLowerCase().includes(wanted);
      card.hidden = !(named && selects.every((select) => !select.value || card.dataset[select.dataset.by] === select.value));
      count += card.hidden ? 0 : 1;
    }
    shown.textContent = count === cards.length ? "" : fill(form.dataset.textShown, { shown: count, total: cards.length });
  }

  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  selects.forEach((select) => select.addEventListener("change", filter));
}
