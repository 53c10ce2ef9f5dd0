// What a terminal keeps on its own disk: its block and key, the codes used, the sealed ballots, the batches on their way.
const NAME = "diancai-booth";
const STORES = ["device", "used", "ballots", "batches"];

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/** One transaction over some stores, on the disk when the promise is kept. `work(stores)` asks; its answer is awaited. */
async function within(names, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    let answer;
    transaction.oncomplete = () => resolve(answer);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("aborted"));
    work(stores, (value) => { answer = value; }, () => transaction.abort());
  });
}

export function read(store, key) {
  return within([store], "readonly", (stores, give) => {
    const asked = stores[store].get(key);
    asked.onsuccess = () => give(asked.result);
  });
}

export function keep(store, key, value) {
  return within([store], "readwrite", (stores) => stores[store].put(value, key));
}

export function allOf(store) {
  return within([store], "readonly", (stores, give) => {
    const keys = stores[store].getAllKeys(), values = stores[store].getAll();
    values.onsuccess = () => give(keys.result.map((key, place) => [key, values.result[place]]));
  });
}

/** Mark the code used and keep its ballot, both or neither. Answers "cast", or why not: "used", or "closed" by the office. */
export async function cast(digest, place, ballot) {
  let answer = "cast";
  try {
    await within(["device", "used", "ballots"], "readwrite", (stores, _give, abort) => {
      const block = stores.device.get("block"), used = stores.used.get(digest);
      used.onsuccess = () => {
        if (used.result !== undefined) answer = "used";
        else if (block.result.is_ending) answer = "closed";
        if (answer !== "cast") return abort();
        stores.used.put("waits", digest);
        stores.ballots.put(ballot, place);
      };
    });
  } catch (problem) {
    if (answer === "cast") throw problem;
  }
  return answer;
}

/** Put what waits into the batch `number`: from here on it is sent, the same bytes, until it has arrived. */
export function makeBatch(number, batch, block, digests, places) {
  return within(STORES, "readwrite", (stores) => {
    stores.device.put(block, "block");
    stores.batches.put(batch, number);
    digests.forEach((digest) => stores.used.put("sent", digest));
    places.forEach((place) => stores.ballots.delete(place));
  });
}

/** After its last batch has arrived nothing of the vote stays on this device. */
export function forgetAll() {
  return within(STORES, "readwrite", (stores) => STORES.forEach((name) => stores[name].clear()));
}
