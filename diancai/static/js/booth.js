// A terminal that votes by itself: code → ballot → review → sealed on this device. Nothing of a person outlives the screen.
import { readBallot } from "./booth-ballot.js";
import { digestOf, seal, trackerOf } from "./booth-crypto.js";
import { meetOffice } from "./booth-ship.js";
import { cast, read } from "./booth-store.js";
import { announceSwap, money } from "./page.js";

const rest = document.querySelector("main[data-booth]");
const rules = rest.dataset;
const screens = new Map([...rest.querySelectorAll("template[data-screen]")].map((each) => [each.dataset.screen, each]));
let way = null; // { digest, r, tracker, marks, ballot } of the person who stands here

// --- at rest ------------------------------------------------------------------------------------------------------------------

async function look() {
  if (!rest.isConnected) return;
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
  const pictures = [...screens.get("ballot").content.querySelectorAll("img[src]")].map((each) => each.getAttribute("src"));
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
  const main = screens.get(name).content.querySelector("main").cloneNode(true);
  document.querySelector("main").replaceWith(main);
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
  announceSwap(main);
  return main;
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
  way = { digest };
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
  const main = enter("review");
  main.querySelector("[data-tracker]").textContent = way.tracker;
  fillBill(main, form);
  return main;
}

function refuseBallot(form, words) {
  const bar = form.querySelector("[data-bar-refusal]");
  bar.textContent = words;
  bar.hidden = false;
}

function fillBill(main, form) {
  const bill = main.querySelector("[data-bill]");
  const lines = new Map([...bill.children].map((line) => [line.querySelector(".item-number").textContent, line]));
  bill.replaceChildren(...way.marks.map((number, place) => {
    const line = lines.get(number), rank = line.querySelector(".rank-place");
    if (rank) rank.textContent = rank.textContent.replace(/\d+/, String(place + 1));
    return line;
  }));
  const costs = way.marks.map((number) => Number(form.querySelector(`[data-item="${CSS.escape(number)}"]`).dataset.costFen));
  main.querySelector("[data-total-count]").textContent = rules.textTotal.replace("{count}", String(way.marks.length));
  main.querySelector("[data-total-money]").textContent = money(costs.reduce((sum, cost) => sum + cost, 0));
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
  else if (event.target.closest("[data-booth-back]")) {
    document.querySelector("main").replaceWith(way.ballot);
    window.scrollTo(0, 0);
  }
});
