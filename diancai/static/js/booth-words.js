// A terminal's page holds every language, for whoever changes it finds no network: words are exchanged, nothing is fetched.
const SPOKEN = /^(lang|alt|title|placeholder|aria-label|data-(text|read|title)(-.*)?)$/;
const CHINESE = "zh-CN";

const bodies = new Map([
  [CHINESE, document.body.cloneNode(true)],
  ["en", document.querySelector("template[data-language=en]").content],
]);

export function language() {
  return document.documentElement.lang;
}

/** A fresh <main> of this name in the language of the moment. */
export function screen(name) {
  const kept = bodies.get(language()).querySelector(`template[data-screen="${name}"]`);
  return kept.content.querySelector("main").cloneNode(true);
}

/** Change header, dialogs, footer and the resting screen `rest`; whatever else is shown is the caller's. */
export function speak(tongue, rest) {
  const said = bodies.get(tongue);
  document.documentElement.lang = tongue;
  exchange(said, document.body);
  exchange(said.querySelector("main"), rest);
  document.title = rest.dataset.title;
}

export function otherLanguage() {
  return language() === CHINESE ? "en" : CHINESE;
}

export function isChinese() {
  return language() === CHINESE;
}

/** Both trees come from one template: what stands at the same place says the same. A <main> below is left alone. */
function exchange(from, to) {
  for (const { name, value } of from.attributes ?? []) if (SPOKEN.test(name)) to.setAttribute(name, value);
  const texts = (of) => [...of.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  const shown = texts(to);
  texts(from).forEach((text, place) => { if (shown[place]) shown[place].data = text.data; });
  [...from.children].forEach((child, place) => {
    if (!["MAIN", "TEMPLATE"].includes(child.tagName)) exchange(child, to.children[place]);
  });
}

/** What somebody has filled in so far, from one screen into the same screen in another language. */
export function carryOver(from, to) {
  for (const field of from.querySelectorAll("input[name]:not([type=hidden]), select[name]")) {
    const which = field.type === "checkbox" ? `[value="${CSS.escape(field.value)}"]` : "";
    const same = to.querySelector(`[name="${CSS.escape(field.name)}"]${which}`);
    if (field.type === "checkbox") same.checked = field.checked;
    else same.value = field.value;
    if (field.type === "text" && field.value) same.closest("details")?.setAttribute("open", "");
  }
}
