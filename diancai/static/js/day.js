// The chair's page of a hall looks every few seconds how far the day is. What is being typed is never lost: then a line says
// that somebody else went on, and the person decides. Without scripts one reloads by hand.

const EVERY_MS = 5_000;
const day = document.querySelector("[data-mark]");
const elsewhere = document.querySelector("[data-elsewhere]");

const isTyping = () => [...day.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);

async function look() {
  const answer = await fetch(day.dataset.dayUrl, { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS) });
  if (!answer.ok || answer.redirected) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-mark]");
  if (!now) return;
  if (now.dataset.mark === day.dataset.mark) {
    for (const figure of day.querySelectorAll("[data-live]")) {
      const newer = now.querySelector(`[data-live="${figure.dataset.live}"]`);
      if (newer) figure.textContent = newer.textContent;
    }
  } else if (isTyping()) {
    elsewhere.hidden = false;
  } else {
    location.replace(day.dataset.dayUrl);
  }
}

async function watch() {
  try {
    await look();
  } catch {
    // the network will come back
  }
  setTimeout(watch, EVERY_MS);
}

setTimeout(watch, EVERY_MS);
