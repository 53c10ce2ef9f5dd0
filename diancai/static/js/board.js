// The board: a tracker that came in the address's fragment (the QR of a receipt) is put into the field. A fragment is in no
// server's log.

const field = document.querySelector("#tracker");
const scanned = decodeURIComponent(location.hash.slice(1));
if (field && /^[2-9A-Z]{4}(-[2-9A-Z]{4}){2}$/.test(scanned)) {
  history.replaceState(null, "", location.pathname);
  field.value = scanned;
  field.focus();
}
