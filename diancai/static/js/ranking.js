// 按轻重缓急排序: buttons in place of the selects, which stay the form's fields. No dragging.
import { button, fill, onPage } from "./page.js";
import { byNumber, say, setRefusal, showBar } from "./ballot.js";

class Ranking {
  constructor(form) {
    this.form = form;
    this.texts = form.dataset;
    this.limit = Number(form.dataset.limit);
    this.cards = [...form.querySelectorAll("[data-item]")];
    this.list = form.querySelector("[data-ranked]");
    this.order = [];
  }

  begin() {
    this.form.querySelector("[data-ranked-box]").hidden = false;
    for (const card of this.cards) {
      card.querySelector("[data-rank-select]").hidden = true;
      const add = button(this.texts.textAdd, { icon: "plus-lg" });
      add.dataset.add = "";
      add.addEventListener("click", () => (this.order.includes(card) ? this.remove(card) : this.add(card)));
      card.querySelector(".rank-row").append(add);
    }
    byNumber(this.form, this.cards, (card) => this.add(card));
    window.addEventListener("pageshow", () => this.readSelects());
    this.readSelects();
  }

  readSelects() {
    const place = (card) => Number(card.querySelector("[data-rank]").value);
    this.order = this.cards.filter(place).sort((one, other) => place(one) - place(other));
    this.show();
  }

  add(card) {
    this.cards.forEach((each) => setRefusal(each, ""));
    if (this.order.includes(card)) return "";
    if (this.order.length >= this.limit) {
      const refusal = fill(this.texts.textTooMany, { limit: this.limit });
      setRefusal(card, refusal);
      say(this.form, refusal);
      return refusal;
    }
    this.order.push(card);
    this.show();
    this.tell(card);
    return "";
  }

  remove(card) {
    this.order = this.order.filter((each) => each !== card);
    this.cards.forEach((each) => setRefusal(each, ""));
    this.show();
    say(this.form, fill(this.texts.textRemoved, { name: card.dataset.name }));
  }

  move(card, by) {
    const from = this.order.indexOf(card);
    this.order.splice(from, 1);
    this.order.splice(from + by, 0, card);
    this.show();
    this.tell(card);
    const row = this.list.children[from + by];
    const same = row.querySelector(`[data-move="${by}"]`);
    (same.disabled ? row.querySelector(`[data-move="${-by}"]`) : same).focus();
  }

  tell(card) {
    say(this.form, fill(this.texts.textMoved, { name: card.dataset.name, place: this.order.indexOf(card) + 1 }));
  }

  show() {
    for (const card of this.cards) this.showCard(card, this.order.indexOf(card) + 1);
    this.list.replaceChildren(...this.order.map((card, index) => this.row(card, index)));
    this.form.querySelector("[data-ranked-empty]").hidden = this.order.length > 0;
    const count = this.order.length;
    const words = count >= this.limit ? this.texts.textRankedFull : this.texts.textRanked;
    showBar(this.form, fill(words, { count, left: this.limit - count }), count);
  }

  showCard(card, place) {
    card.querySelector("[data-rank]").value = place || "";
    card.classList.toggle("is-ranked", place > 0);
    const add = card.querySelector("[data-add]");
    add.lastChild.textContent = place ? `${fill(this.texts.textPlace, { place })}，${this.texts.textRemove}` : this.texts.textAdd;
    add.firstChild.className = place ? "bi bi-x-lg" : "bi bi-plus-lg";
    add.setAttribute("aria-label", `${add.lastChild.textContent}：${card.dataset.name}`);
  }

  row(card, index) {
    const row = document.createElement("li");
    const place = document.createElement("span");
    place.className = "rank-place";
    place.textContent = fill(this.texts.textPlace, { place: index + 1 });
    const name = document.createElement("span");
    name.textContent = `${card.dataset.item} ${card.dataset.name}`;
    const moves = document.createElement("div");
    moves.className = "rank-moves";
    moves.append(
      this.mover(card, -1, this.texts.textUp, "arrow-up", index === 0),
      this.mover(card, 1, this.texts.textDown, "arrow-down", index === this.order.length - 1),
      this.remover(card),
    );
    row.append(place, name, moves);
    return row;
  }

  mover(card, by, words, icon, disabled) {
    const made = button(words, { icon, label: `${words}：${card.dataset.name}` });
    made.dataset.move = String(by);
    made.disabled = disabled;
    made.addEventListener("click", () => this.move(card, by));
    return made;
  }

  remover(card) {
    const made = button(this.texts.textRemove, { label: `${this.texts.textRemove}：${card.dataset.name}` });
    made.addEventListener("click", () => {
      this.remove(card);
      card.querySelector("[data-add]").focus();
    });
    return made;
  }
}

onPage((main) => {
  const form = main.querySelector("form[data-ballot='ranking']");
  if (form) new Ranking(form).begin();
});
