// While a proposal is written: those that say much the same, so that a neighbour is supported instead of repeated.
const WAIT_MS = 400;
const box = document.querySelector("#similar");
const fields = ["#title", "#place"].map((name) => document.querySelector(name));
let waiting, asked;

for (const each of fields) each.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, WAIT_MS);
});

async function look() {
  asked?.abort();
  asked = new AbortController();
  const text = fields.map((each) => each.value).join("\n");
  try {
    const answer = await fetch(`${box.dataset.url}?text=${encodeURIComponent(text)}`, { signal: asked.signal });
    if (answer.ok) show(await answer.json());
  } catch {
    // without an answer the list stays as it was; writing goes on
  }
}

function show(similar) {
  box.querySelector("ul").replaceChildren(...similar.map((each) => {
    const link = document.createElement("a");
    Object.assign(link, { href: each.url, target: "_blank", rel: "noopener", textContent: `${each.number} ${each.title}` });
    const line = document.createElement("li");
    line.append(link);
    return line;
  }));
  box.hidden = similar.length === 0;
}
