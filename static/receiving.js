// Photos that a phone's gallery shared with the installed app: shared.js holds them until they are asked for.

/** Where the browser affords it, the next photos that are shared come here. Plain HTTP doesn't. */
export function expectShared() {
  const script = new URL("shared.js", import.meta.url);
  navigator.serviceWorker?.register(script, { scope: "/" }).catch(() => {}); // then the server covers the first
}

/** The files that were shared just now, if any. */
export function sharedFiles() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker || new URL(location).search !== "?shared") return [];
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage("shared", [port2]);
  });
}
