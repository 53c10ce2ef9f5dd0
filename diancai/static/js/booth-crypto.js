// Digests of codes, sealed ballots and signatures, as the server reads them (polling/sealed_ballots.py).
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const TRACKER_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const subtle = globalThis.crypto.subtle;
const bytesOf = (text) => new TextEncoder().encode(text);

export function hex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function base64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

/** The key with which this device signs its batches; its private half cannot be read out, not even here. */
export function newDeviceKeys() {
  return subtle.generateKey(SIGNING, false, ["sign", "verify"]);
}

export async function publicHex(keys) {
  return hex(await subtle.exportKey("raw", keys.publicKey));
}

export async function signatureOf(keys, body) {
  return hex(await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytesOf(body)));
}

/** Salted and slow: what the block knows a code by. `code` is in fours with dashes. */
export async function digestOf(code, block) {
  const material = await subtle.importKey("raw", bytesOf(code), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromHex(block.salt), iterations: block.iterations };
  return hex(await subtle.deriveBits(how, material, 256));
}

/** `r` and the text, filled up with spaces, for whoever holds two of the three shares. */
export async function seal(r, text, block) {
  const commission = await subtle.importKey("raw", fromHex(block.public_key), CURVE, false, []);
  const ephemeral = await subtle.generateKey(CURVE, true, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", ephemeral.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: commission }, ephemeral.privateKey, 256);
  const purpose = bytesOf(`diancai-kiosk-ballot/1\n${block.round_id}`);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: point, info: purpose };
  const key = await subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const plain = new Uint8Array([...r, ...bytesOf(text.padEnd(block.text_length))]);
  const sealed = await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: purpose }, key, plain);
  return new Uint8Array([...point, ...nonce, ...new Uint8Array(sealed)]);
}

/** 查询码 of `r`: the beginning of H("track" | r), in base 31. */
export async function trackerOf(r) {
  const key = new Uint8Array(await subtle.digest("SHA-256", new Uint8Array([...bytesOf("track|"), ...r]))).slice(0, 16);
  let value = (BigInt(`0x${hex(key)}`) * 31n ** 12n) >> 128n;
  let text = "";
  for (let place = 0; place < 12; place += 1) {
    text = TRACKER_LETTERS[Number(value % 31n)] + text;
    value /= 31n;
  }
  return text.match(/.{4}/g).join("-");
}
