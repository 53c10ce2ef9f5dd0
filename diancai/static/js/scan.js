// Entering the code: groups while typing, the fragment of a slip's QR, the camera where the browser can read codes.
import { onPage } from "./page.js";

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

async function canReadCodes() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

async function offerCamera(form, field, digits) {
  const opener = form.querySelector("[data-scan]");
  if (!(await canReadCodes())) return;
  opener.hidden = false;
  let stop = null;

  opener.addEventListener("click", async () => {
    if (stop) return stop();
    stop = await look(form, (scanned) => {
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
async function look(form, found, ended) {
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
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const timer = setInterval(async () => {
    if (!video.isConnected) return stop();
    const [seen] = await detector.detect(video).catch(() => []);
    if (seen) found(seen.rawValue);
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
