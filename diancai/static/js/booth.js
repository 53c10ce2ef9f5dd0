// A terminal that votes by itself: code → ballot → review → sealed on this device. Nothing of a person outlives the screen.
import { arrange, drawOrder, numbersOn, readBallot } from "./booth-ballot.js";
import { digestOf, seal, trackerOf } from "./booth-crypto.js";
import { meetOffice } from "./booth-ship.js";
import { cast, read } from "./booth-store.js";
import { carryOver, isChinese, otherLanguage, screen, speak } from "./booth-words.js";
import { announceSwap, fill, money } from "./page.js";

const rest = document.querySelector("main[data-booth]");
const rules = rest.dataset;
const ENGLISH_AT_REST = 60_000;
let way = null; // { digest, order, r, tracker, marks, ballot } of the person who stands here
let shown = "rest"; // the screen that stands in the document
let changed = 0; // when the language was

// --- at rest ------------------------------------------------------------------------------------------------------------------

async function look() {
  if (!rest.isConnected) return;
  if (!isChinese() && performance.now() - changed > ENGLISH_AT_REST) speak(otherLanguage(), rest);
  show(rest, await meetOffice().catch(() => "waits"));
}

function show(main, state) {
  main.querySelector("[data-booth-said]").textContent = rules[`text${state[0].toUpperCase()}${state.slice(1)}`];
  main.querySelector("[data-booth-begin]").hidden = !["ready", "offline"].includes(state);
  main.dataset.boothState = state;
  if (["ended", "stopped"].includes(state)) setTimeout(() => location.reload(), 60_000);
}

async function keepPages() {
  await navigator.serviceWorker.register(rules.worker, { scope: "/kiosk" });
  const worker = (await navigator.serviceWorker.ready).active;
  const pictures = [...screen("ballot").querySelectorAll("img[src]")].map((each) => each.getAttribute("src"));
  const answer = new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    worker.postMessage({ keep: [location.pathname, ...rules.assets.split(" "), ...pictures] }, [port2]);
  });
  rest.dataset.pages = await answer;
}

look();
setInterval(look, 15_000);
keepPages().catch(() => { rest.dataset.pages = "failed"; });

// --- one person ---------------------------------------------------------------------------------------------------------------

function enter(name) {
  const main = screen(name);
  if (name === "ballot") arrange(main, way.order);
  return stand(name, main);
}

function stand(name, main) {
  shown = name;
  document.querySelector("main").replaceWith(main);
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
  announceSwap(main);
  return main;
}

/** Everything that was typed, chosen and shown so far stays; the words change. */
function changeLanguage() {
  const before = document.querySelector("main");
  speak(otherLanguage(), rest);
  changed = performance.now();
  if (shown === "rest") return show(rest, rest.dataset.boothState ?? "waits");
  const main = screen(shown);
  carryOver(before, main);
  if (shown === "ballot") arrange(main, way.order);
  if (shown === "review") fillReview(main);
  if (shown === "receipt") fillReceipt(main, before);
  stand(shown, main);
}

function fillReceipt(main, before) {
  main.querySelector("[data-tracker]").textContent = before.querySelector("[data-tracker]").textContent;
  main.dataset.wipeSeconds = before.querySelector("[data-wipe-count]").textContent;
}

async function begin() {
  way = {};
  const block = await read("device", "block");
  const now = Date.now();
  if (now < Date.parse(block.opens_at)) return enter("not_open");
  return enter(now < Date.parse(block.closes_at) ? "code" : "closed");
}

/** ABCD-EFGH-JKLM of anything that was typed or scanned. */
function tidy(text) {
  const plain = text.slice(text.indexOf("#") + 1).normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
  return (plain.match(/.{1,4}/g) ?? []).join("-");
}

async function prove(form) {
  const block = await read("device", "block");
  const code = tidy(form.querySelector("[data-code]").value);
  const digest = await digestOf(code, block);
  if (!block.digests.includes(digest)) return refuseCode(form);
  if ((await read("used", digest)) !== undefined) return enter("used");
  const numbers = numbersOn(screen("ballot"));
  way = { digest, order: "randomOrder" in rules ? drawOrder(numbers) : numbers };
  return enter("ballot");
}

function refuseCode(form) {
  const said = form.querySelector("[data-camera-state]");
  said.hidden = false;
  said.setAttribute("role", "alert");
  said.textContent = rules.textUnknown;
  form.querySelector("[data-code]").select();
}

async function review(form) {
  const typed = form.querySelector("[data-numbers]");
  if (typed?.value.trim()) form.querySelector("[data-numbers-apply]").click();
  const { marks, refusal } = readBallot(form, rules);
  if (refusal || typed?.value.trim()) return refuseBallot(form, refusal ?? form.querySelector("[data-numbers-said]").textContent);
  const r = crypto.getRandomValues(new Uint8Array(16));
  Object.assign(way, { marks, r, tracker: await trackerOf(r), ballot: document.querySelector("main") });
  const main = screen("review");
  fillReview(main);
  return stand("review", main);
}

/** A page of choices as it was left, in the language of now. */
function backToBallot() {
  const main = screen("ballot");
  carryOver(way.ballot, main);
  arrange(main, way.order);
  stand("ballot", main);
}

function refuseBallot(form, words) {
  const bar = form.querySelector("[data-bar-refusal]");
  bar.textContent = words;
  bar.hidden = false;
}

function fillReview(main) {
  main.querySelector("[data-tracker]").textContent = way.tracker;
  const bill = main.querySelector("[data-bill]");
  const lines = new Map([...bill.children].map((line) => [line.querySelector(".item-number").textContent, line]));
  bill.replaceChildren(...inOrderOfReview().map((number, place) => {
    const line = lines.get(number), rank = line.querySelector(".rank-place");
    if (rank) rank.textContent = rank.textContent.replace(/\d+/, String(place + 1));
    return line;
  }));
  const costOf = (number) => Number(way.ballot.querySelector(`[data-item="${CSS.escape(number)}"]`).dataset.costFen);
  main.querySelector("[data-total-count]").textContent = fill(rules.textTotal, { count: way.marks.length });
  main.querySelector("[data-total-money]").textContent = money(way.marks.map(costOf).reduce((sum, cost) => sum + cost, 0));
}

/** As on the page before: items that were ticked in the order in which they stood there, a ranking by its places. */
function inOrderOfReview() {
  const isRanking = way.ballot.querySelector("[data-ballot]").dataset.ballot === "ranking";
  return isRanking ? way.marks : way.order.filter((number) => way.marks.includes(number));
}

async function confirm(form) {
  const block = await read("device", "block");
  const { digest, r, marks, tracker } = way;
  const place = crypto.randomUUID();
  const sealed = await seal(r, marks.join(","), block);
  const answer = await cast(digest, place, sealed);
  way = null;
  if (answer !== "cast") return enter(answer);
  enter("receipt").querySelector("[data-tracker]").textContent = tracker;
}

async function once(work, form) {
  const pressed = form.querySelector("button[type=submit]");
  pressed.disabled = true;
  try {
    await work(form);
  } catch (problem) {
    console.warn("terminal:", problem.message);
    const said = form.querySelector("[data-booth-refusal], [data-camera-state], [data-bar-refusal]");
    said.textContent = rules.textFailed;
    said.hidden = false;
  } finally {
    pressed.disabled = false;
  }
}

// Before the terminal's own scripts, which would ask the server.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const work = form.matches("[data-code-form]") ? prove : form.matches("[data-ballot]") ? review : form.matches("[data-booth-cast]") ? confirm : null;
  if (!work) return;
  event.preventDefault();
  once(work, form);
}, { capture: true });

let scanned = "";

document.addEventListener("keydown", async (event) => {
  if (!rest.isConnected || rest.querySelector("[data-booth-begin]").hidden) return;
  if (event.key.length === 1) scanned += event.key;
  if (event.key !== "Enter" || !scanned.includes("#")) return;
  event.preventDefault();
  const text = scanned;
  scanned = "";
  const form = (await begin()).querySelector("[data-code-form]");
  if (!form) return;
  form.querySelector("[data-code]").value = text;
  form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-kiosk-start]")) begin();
  else if (event.target.closest("[data-booth-back]")) backToBallot();
  else if (event.target.closest("[data-booth-language]")) changeLanguage();
});
