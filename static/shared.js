// A service worker for one thing: what a phone's gallery hands to the installed app goes to the page, and not to the
// server, which would cover one photo only. It keeps photos in memory until the page has asked for them.

const PATH = "/share";

let shared = [];

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && new URL(url).pathname === PATH) event.respondWith(take(event.request));
});

async function take(request) {
  shared = (await request.formData()).getAll("photo");
  return Response.redirect("/?shared", 303);
}

addEventListener("message", ({ data, ports: [answer] }) => {
  if (data !== "shared") return;
  answer.postMessage(shared);
  shared = [];
});
