// Between the terminal and its office: the block comes, batches go, the end is heard of. Without a network nothing is lost.
import { base64, hex, newDeviceKeys, publicHex, signatureOf } from "./booth-crypto.js";
import { allOf, forgetAll, keep, makeBatch, read } from "./booth-store.js";

const FEWEST = 25; // as for a seal: which codes a small batch holds would say too much of its ballots
const PATIENCE = 5000;

/** What the office says, or null without a network. */
async function ask() {
  try {
    const answer = await fetch("/kiosk/block", {
      cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function send(address, fields, token) {
  const answer = await fetch(address, {
    method: "POST", cache: "no-store", credentials: "same-origin",
    signal: AbortSignal.timeout(4 * PATIENCE), body: new URLSearchParams({ ...fields, csrf_token: token }),
  });
  if (!answer.ok) throw new Error(`${address} ${answer.status}`);
  return answer.json();
}

/** The block, fetched once; it counts only after the office has heard that it is stored here. */
async function fetchBlock(token, isHanded) {
  const keys = (await read("device", "keys")) ?? (await newDeviceKeys());
  await keep("device", "keys", keys);
  const device_key = await publicHex(keys);
  let block = await read("device", "block");
  if (!block || !isHanded) {
    block = { ...(await send("/kiosk/block", { device_key }, token)), ...block };
    await keep("device", "block", block);
  }
  if (!block.is_confirmed || !isHanded) {
    await send("/kiosk/block/kept", { device_key }, token);
    block.is_confirmed = true;
    await keep("device", "block", block);
  }
  return block;
}

async function pack(block, isLast) {
  if (block.is_ending) return;
  if (isLast) {
    block.is_ending = true; // from here on nothing is cast, so that the last batch is the last
    await keep("device", "block", block);
  }
  const waiting = (await allOf("used")).filter(([, state]) => state === "waits").map(([digest]) => digest).sort();
  const ballots = await allOf("ballots");
  if (waiting.length !== ballots.length) throw new Error("codes and ballots differ");
  if (!isLast && ballots.length < FEWEST) return;
  const sorted = ballots.map(([place, ballot]) => [place, ballot, hex(ballot)]).sort((one, other) => (one[2] < other[2] ? -1 : 1));
  const number = block.next_number;
  const body = JSON.stringify({
    kiosk: block.kiosk, number, is_last: isLast, used: waiting, ballots: sorted.map(([, ballot]) => base64(ballot)),
  });
  const signature = await signatureOf(await read("device", "keys"), body);
  block.next_number = number + 1;
  await makeBatch(number, { body, signature }, block, waiting, sorted.map(([place]) => place));
}

/** Batches stay here until the end: an office that was restored from a backup gets again what it has lost. */
async function sendAll(token, arrived) {
  let last = arrived;
  for (const [number, batch] of (await allOf("batches")).sort(([one], [other]) => one - other)) {
    if (number > last) last = (await send("/kiosk/batches", batch, token)).last_number;
  }
  return last;
}

/** Talk to the office once. Answers what the resting screen must say: ready, offline, waits, ending, ended or stopped. */
export async function meetOffice() {
  const said = await ask();
  if (said?.state === "ended") { await forgetAll(); return "ended"; }
  if (said && said.state !== "active") return "stopped";
  if (!said) return standing();
  try {
    if (said.is_ending && !(await read("device", "block"))) return "waits";
    const block = await fetchBlock(said.csrf_token, said.is_handed);
    block.closes_at = said.closes_at;
    block.next_number = Math.max(block.next_number, said.last_number + 1);
    await keep("device", "block", block);
    const arrived = await sendAll(said.csrf_token, said.last_number);
    await pack(block, said.is_ending);
    await sendAll(said.csrf_token, arrived);
    if (!said.is_ending) return "ready";
    if ((await ask())?.state !== "ended") return "ending";
    await forgetAll();
    return "ended";
  } catch (problem) {
    console.warn("terminal:", problem.message);
    return standing();
  }
}

async function standing() {
  const block = await read("device", "block");
  if (!block?.is_confirmed) return "waits";
  return block.is_ending ? "ending" : "offline";
}

/** For the screen of a terminal that votes by itself no more. What belongs to another terminal stays. */
export async function forgetWhatArrived() {
  const block = await read("device", "block");
  const said = block && (await ask());
  if (said?.state === "ended" && said.kiosk === block.kiosk) await forgetAll();
}
