// A handwritten signature on a canvas, written as a PNG data URL into the form's hidden field.
import { onPage } from "./page.js";

onPage((main) => main.querySelectorAll("[data-signature]").forEach(begin));

function begin(box) {
  const pad = box.querySelector("[data-signature-pad]");
  const canvas = pad.querySelector("canvas");
  const value = box.querySelector("[data-signature-value]");
  const state = pad.querySelector("[data-signature-state]");
  pad.hidden = false;
  const pen = penOf(canvas);
  let drawing = false;

  function clear() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    value.value = "";
    state.textContent = state.dataset.empty;
  }

  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(event.offsetX, event.offsetY);
    stroke(pen, event);
  });
  canvas.addEventListener("pointermove", (event) => { if (drawing) event.getCoalescedEvents().forEach((each) => stroke(pen, each)); });
  for (const kind of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(kind, () => {
      if (!drawing) return;
      drawing = false;
      value.value = canvas.toDataURL("image/png");
      state.textContent = state.dataset.written;
    });
  }
  pad.querySelector("[data-signature-clear]").addEventListener("click", clear);
  clear();
}

/** A pen for the canvas at the resolution of the screen. */
function penOf(canvas) {
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(canvas.clientHeight * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = getComputedStyle(canvas).color;
  return pen;
}

function stroke(pen, event) {
  pen.lineTo(event.offsetX, event.offsetY);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(event.offsetX, event.offsetY);
}
