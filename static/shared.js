// A service worker for one thing: what a phone's gallery hands to the installed app goes to the page, and not to the
// server, which would cover one photo only. It keeps photos in memory until the page has asked for them.

const PATH = "/share";

const shared = new Map(); // {files, taken} by the number in the address of the page that is to ask for them

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && new URL(url).pathname === PATH) event.respondWith(take(event));
});

/** The worker is kept alive until they are taken, or as long as the browser lets it. */
async function take(event) {
  const files = (await event.request.formData()).getAll("photo");
  const number = crypto.getRandomValues(new Uint32Array(1))[0];
  event.waitUntil(new Promise((taken) => shared.set(String(number), { files, taken })));
  return Response.redirect(`/?shared=${number}`, 303);
}

addEventListener("message", ({ data, ports: [answer] }) => {
  const { files = null, taken } = shared.get(data) ?? {};
  shared.delete(data);
  answer.postMessage(files);
  taken?.();
});
