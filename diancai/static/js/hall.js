// The hall's screen asks every few seconds what goes on, and says so when no answer has come for a while. Without scripts the
// page's own refresh does.

const EVERY_MS = 5_000;
const STOPPED_AFTER_MS = 20_000;

const main = document.querySelector("main");
const now = main.querySelector("[data-now]");
const updated = main.querySelector("[data-updated]");
const stopped = main.querySelector("[data-stopped]");
let last = Date.now();

async function ask() {
  try {
    const answer = await fetch(main.dataset.nowUrl, { signal: AbortSignal.timeout(EVERY_MS), cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const { html, at } = await answer.json();
    if (now.innerHTML !== html) now.innerHTML = html;
    updated.textContent = at;
    last = Date.now();
  } catch {
    // said below, once it has lasted
  }
  stopped.hidden = Date.now() - last < STOPPED_AFTER_MS;
  setTimeout(ask, EVERY_MS);
}

setTimeout(ask, EVERY_MS);
