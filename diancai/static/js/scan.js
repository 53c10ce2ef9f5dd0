// Entering the code: groups while typing, the fragment of a slip's QR, and the camera: read by the browser where it can,
// else, on a public terminal, frame by frame by the server.
import { onPage } from "./page.js";

const FRAME_WIDTH = 800;

onPage((main) => {
  const form = main.querySelector("[data-code-form]");
  if (!form) return;
  const field = form.querySelector("[data-code]");
  const digits = form.dataset.digits === "1";
  field.addEventListener("input", () => regroup(field, digits));
  takeFragment(field, digits);
  offerCamera(form, field, digits);
});

/** XXXX-XXXX-XXXX, or sixteen digits in fours; never longer than the code. */
function grouped(text, digits) {
  const plain = text.normalize("NFKC").toUpperCase().replace(digits ? /[^0-9]/g : /[^0-9A-Z]/g, "").slice(0, digits ? 16 : 12);
  return (plain.match(/.{1,4}/g) ?? []).join(digits ? " " : "-");
}

function regroup(field, digits) {
  if (field.selectionStart !== field.value.length) return;
  // a scanner types the whole address of a slip: nothing counts before its `#`
  if (field.value.includes("#")) field.value = grouped(codeOf(field.value), digits);
  else if (!/[:/]/.test(field.value)) field.value = grouped(field.value, digits);
}

/** The address of a slip holds the code behind `#`: it never reaches the server's log, and here it leaves the address bar. */
function takeFragment(field, digits) {
  const code = decodeURIComponent(location.hash.slice(1));
  if (!code || code === "main" || code === "problems") return;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = grouped(code, digits);
}

function codeOf(scanned) {
  return scanned.includes("#") ? decodeURIComponent(scanned.slice(scanned.indexOf("#") + 1)) : scanned;
}

/** A function from the video to the text of a QR code in it, or nothing where neither browser nor server can read one. */
async function readerFor(form) {
  if (!navigator.mediaDevices?.getUserMedia) return null;
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  return form.dataset.frameUrl ? (video) => readOnServer(form, video) : null;
}

async function readOnServer(form, video) {
  const scale = Math.min(1, FRAME_WIDTH / video.videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth * scale;
  canvas.height = video.videoHeight * scale;
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const frame = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
  const answer = await fetch(form.dataset.frameUrl, {
    method: "POST", body: frame, credentials: "same-origin", cache: "no-store",
    headers: { "Content-Type": "image/jpeg", "X-CSRFToken": form.elements.csrf_token.value },
  });
  return answer.ok ? (await answer.json()).text : undefined;
}

async function offerCamera(form, field, digits) {
  const opener = form.querySelector("[data-scan]");
  const read = await readerFor(form);
  if (!read) return;
  opener.hidden = false;
  let stop = null;

  opener.addEventListener("click", async () => {
    if (stop) return stop();
    stop = await look(form, read, (scanned) => {
      const code = grouped(codeOf(scanned), digits);
      if (code.replace(/[^0-9A-Z]/g, "").length !== (digits ? 16 : 12)) return tell(form, "foreign");
      field.value = code;
      stop?.();
      field.focus();
    }, () => { stop = null; });
  });
}

function tell(form, what) {
  const state = form.querySelector("[data-camera-state]");
  state.hidden = !what;
  state.textContent = what ? state.dataset[what] : "";
}

/** Show the camera and call `found(text)` for each QR seen, until the function it returns is called. */
async function look(form, read, found, ended) {
  const frame = form.querySelector("[data-camera]");
  const video = frame.querySelector("video");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    tell(form, "denied");
    ended();
    return null;
  }
  video.srcObject = stream;
  await video.play();
  showCamera(form, true);
  let isReading = false;
  const timer = setInterval(async () => {
    if (!video.isConnected) return stop();
    if (isReading) return;
    isReading = true;
    const text = await read(video).catch(() => undefined);
    isReading = false;
    if (text && !form.querySelector("[data-camera]").hidden) found(text);
  }, 250);

  function stop() {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    showCamera(form, false);
    ended();
  }
  return stop;
}

function showCamera(form, on) {
  form.querySelector("[data-camera]").hidden = !on;
  form.querySelector("[data-scan-open]").hidden = on;
  form.querySelector("[data-scan-close]").hidden = !on;
  tell(form, on ? "looking" : "");
}
