// The receipt: 换一位家人 wipes what the device may still hold; a kiosk wipes by itself.
import { onPage } from "./page.js";

const DONE = "diancai.done";

onPage((main) => {
  if (!("receipt" in main.dataset)) return;
  remember();
  main.querySelector("[data-next-person]").addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(event.currentTarget.href);
  });
  if (main.dataset.wipeSeconds) countDown(main, Number(main.dataset.wipeSeconds));
});

// A page that the browser kept whole for its back button must not show the last person's choices to the next.
window.addEventListener("pageshow", (event) => {
  const main = document.querySelector("main");
  const holdsChoices = main.querySelector("[data-ballot], [data-cast]") !== null;
  if (event.persisted && holdsChoices && wasDone()) {
    main.replaceChildren();
    location.replace(main.dataset.startUrl);
  }
});

/** Only that a ballot was cast in this tab; nothing of it. */
function remember() {
  try { sessionStorage.setItem(DONE, "1"); } catch { /* storage is switched off: the server's no-store still holds */ }
}

function wasDone() {
  try { return sessionStorage.getItem(DONE) === "1"; } catch { return true; }
}

function countDown(main, seconds) {
  const shown = main.querySelector("[data-wipe-count]");
  let left = seconds;
  const timer = setInterval(() => {
    left -= 1;
    if (!main.isConnected) return clearInterval(timer);
    shown.textContent = String(left);
    if (left > 0) return;
    clearInterval(timer);
    main.replaceChildren();
    location.replace(main.dataset.startUrl);
  }, 1000);
}
