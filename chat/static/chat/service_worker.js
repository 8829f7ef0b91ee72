/** What the page needs to open without a network. What people wrote is not here, but in the page's own database. */

// The server writes `PARLEY` above: the version, the address of the page for offline, and all files it needs.
const CACHE = `parley.${PARLEY.version}`;

self.addEventListener("install", (event) => {
  const page = new Request(PARLEY.offline, { cache: "reload" });
  const files = PARLEY.files.filter((file) => file !== PARLEY.offline);
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([page, ...files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = (names) => names.filter((name) => name.startsWith("parley.") && name !== CACHE);
  const forget = caches.keys().then((names) => Promise.all(others(names).map((name) => caches.delete(name))));
  event.waitUntil(forget.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PARLEY.offline)));
  else if (PARLEY.files.includes(path)) event.respondWith(fetch(request).catch(() => caches.match(path)));
});
