// A public terminal: nothing stays behind. Pages replace each other in history, and an idle terminal wipes itself.
import { announceSwap, onPage } from "./page.js";
import { isReading } from "./read-aloud.js";

const startUrl = () => document.querySelector("main").dataset.startUrl || location.pathname;

/** Between two people the page is loaded afresh: no field, no memory, no entry in history. */
function wipe() {
  clearInterval(watch);
  document.querySelector("main").replaceChildren();
  forget();
  location.replace(startUrl());
}

function forget() {
  try { sessionStorage.clear(); } catch { /* storage is switched off */ }
}

onPage((main) => { if ("resting" in main.dataset) forget(); });

// A terminal that voted by itself may have died before it heard that its last batch had arrived.
onPage(async (main) => {
  if (!("resting" in main.dataset) || "booth" in main.dataset) return;
  if ((await indexedDB.databases()).length) (await import("./booth-ship.js")).forgetWhatArrived();
});

// --- pages replace each other -------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("main, header") || event.defaultPrevented) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  const address = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  walk(address, { method: form.method.toUpperCase(), body: new URLSearchParams(fields) }, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  if (link.pathname === startUrl() || link.matches("[data-kiosk-restart]")) return wipe();
  if (link.matches("[data-kiosk-begin]")) fillScreen();
  walk(link.href, { method: "GET", body: "" });
});

/** The browser allows it when somebody presses; where it is refused the terminal works as well. */
function fillScreen() {
  if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => {});
}

async function walk(address, { method, body }, pressed) {
  if (pressed) pressed.disabled = true;
  try {
    const url = method === "GET" && body ? `${address}?${body}` : address;
    const answer = await fetch(url, { method, body: method === "GET" ? undefined : body, credentials: "same-origin", cache: "no-store" });
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    if (pressed) pressed.disabled = false;
    document.querySelector("[data-kiosk-help-box]")?.showModal();
  }
}

function swap(page) {
  const main = page.querySelector("main");
  const switches = page.querySelector("[data-switches]");
  document.title = page.title;
  document.documentElement.className = page.documentElement.className;
  document.documentElement.lang = page.documentElement.lang;
  document.querySelector("main").replaceWith(main);
  if (switches) document.querySelector("[data-switches]").replaceChildren(...switches.childNodes);
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
  announceSwap(main);
}

// --- idle ---------------------------------------------------------------------------------------------------------------------

const still = document.querySelector("[data-kiosk-still]");
const idleSeconds = Number(still.dataset.idleSeconds);
const graceSeconds = Number(still.dataset.graceSeconds);
let lastSeen = performance.now();

function stay() {
  lastSeen = performance.now();
  if (still.open) still.close();
}

for (const kind of ["pointerdown", "pointermove", "touchmove", "wheel", "scroll", "keydown", "input"]) {
  document.addEventListener(kind, () => { if (!still.open) lastSeen = performance.now(); }, { capture: true, passive: true });
}
still.querySelector("[data-kiosk-stay]").addEventListener("click", stay);
still.addEventListener("cancel", stay);

const watch = setInterval(() => {
  if ("resting" in document.querySelector("main").dataset) return;
  if (isReading() && !still.open) lastSeen = performance.now();
  const idle = (performance.now() - lastSeen) / 1000;
  if (idle < idleSeconds) return;
  if (!still.open) still.showModal();
  const left = Math.ceil(idleSeconds + graceSeconds - idle);
  still.querySelector("[data-kiosk-count]").textContent = String(Math.max(left, 0));
  if (left <= 0) wipe();
}, 1000);

// --- help ---------------------------------------------------------------------------------------------------------------------

const helpBox = document.querySelector("[data-kiosk-help-box]");
const help = document.querySelector("[data-kiosk-help]");
help.hidden = false;
help.addEventListener("click", () => helpBox.showModal());
helpBox.querySelector("[data-kiosk-help-close]").addEventListener("click", () => helpBox.close());

// --- a scanner that types, at the resting screen --------------------------------------------------------------------------------

let scanned = "";

document.addEventListener("keydown", async (event) => {
  const begin = document.querySelector("[data-resting] [data-kiosk-begin]");
  if (!begin) return;
  if (event.key.length === 1) scanned += event.key;
  if (event.key !== "Enter" || !scanned.includes("#")) return;
  event.preventDefault();
  const text = scanned;
  scanned = "";
  await walk(begin.href, { method: "GET", body: "" });
  const form = document.querySelector("[data-code-form]");
  if (!form) return;
  form.querySelector("[data-code]").value = text;
  form.requestSubmit();
});

// A page that the browser kept whole is never shown again here.
window.addEventListener("pageshow", (event) => { if (event.persisted) wipe(); });
