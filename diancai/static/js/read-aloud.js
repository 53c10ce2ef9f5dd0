// 朗读: a button where the page marks a place for it, only when the device has a Chinese voice. It never begins by itself.
import { button, onPage } from "./page.js";

let speaking = null;

onPage((main) => {
  silence();
  if (!("speechSynthesis" in window) || document.documentElement.lang === "en") return;
  const offer = () => {
    if (!main.isConnected || main.dataset.readOffered || !voice()) return;
    main.dataset.readOffered = "1";
    main.querySelectorAll("[data-read-slot]").forEach((slot) => addButton(main, slot));
  };
  offer();
  speechSynthesis.addEventListener("voiceschanged", offer);
});

window.addEventListener("pagehide", silence);

function voice() {
  const voices = speechSynthesis.getVoices().filter((each) => /^(zh|cmn)([-_]|$)/i.test(each.lang));
  return voices.find((each) => /CN|Hans/i.test(each.lang)) ?? voices[0];
}

function addButton(main, slot) {
  const card = slot.closest("[data-item]");
  const words = main.dataset.readLabel;
  const made = button(words, { icon: "volume-up", style: "btn-link-plain", label: card ? `${words}：${card.dataset.name}` : words });
  made.addEventListener("click", () => {
    if (speaking?.button === made) return silence();
    speak(textOf(card ?? slot), made, main);
  });
  slot.append(made);
}

function textOf(place) {
  const copy = place.cloneNode(true);
  copy.querySelectorAll("button, select, summary, [hidden], details:not([open]), .tick, .visually-hidden").forEach((each) => each.remove());
  copy.querySelectorAll("span, p, dt, dd, li, h1, h2, strong").forEach((each) => each.append("，"));
  return copy.textContent.replace(/\s+/g, "").replace(/，(?=[，。；])/g, "");
}

function speak(text, made, main) {
  silence();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = voice();
  utterance.lang = "zh-CN";
  utterance.rate = 0.9;
  utterance.addEventListener("end", () => { if (speaking?.utterance === utterance) silence(); });
  speaking = { button: made, utterance, label: main.dataset.readLabel };
  made.lastChild.textContent = main.dataset.readStop;
  speechSynthesis.speak(utterance);
}

function silence() {
  if (!speaking) return;
  speaking.button.lastChild.textContent = speaking.label;
  speaking = null;
  speechSynthesis.cancel();
}

/** A kiosk does not fall idle while it reads to someone. */
export function isReading() {
  return speaking !== null;
}
