// Shows a terminal's page and its files when there is no network. It keeps nothing else, and nothing of any person.
const CACHE = "diancai-booth";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  event.waitUntil(keepAll(event.data.keep).then(() => event.ports[0].postMessage("kept"), () => event.ports[0].postMessage("failed")));
});

async function keepAll(addresses) {
  const cache = await caches.open(CACHE);
  await Promise.all(addresses.map(async (address) => cache.put(address, await fetched(address))));
}

async function fetched(request) {
  const answer = await fetch(request, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const isOurs = address.origin === self.location.origin && event.request.method === "GET";
  const isPage = address.pathname === "/kiosk";
  const isFile = /^\/(static|bootstrap\/static)\//.test(address.pathname) || event.request.destination === "image";
  if (isOurs && (isPage || isFile)) event.respondWith(networkFirst(event.request, isPage));
});

async function networkFirst(request, isPage) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await Promise.race([fetch(request), new Promise((_, refuse) => setTimeout(refuse, PATIENCE))]);
    if (isPage && answer.ok) await cache.put("/kiosk", answer.clone());
    return answer;
  } catch (problem) {
    const known = await cache.match(isPage ? "/kiosk" : request, { ignoreSearch: true, ignoreVary: true });
    if (known) return known;
    throw problem;
  }
}
