// Photos that a phone's gallery shared with the installed app: shared.js holds them until they are asked for.

const PATIENCE = 10_000; // milliseconds: a worker that was replaced doesn't answer

/** Where the browser affords it, the next photos that are shared come here. Plain HTTP doesn't. */
export function expectShared() {
  const script = new URL("shared.js", import.meta.url);
  navigator.serviceWorker?.register(script, { scope: "/" }).catch(() => {}); // then the server covers the first
}

/** The files that were shared just now, if any; null where they were lost on the way. */
export function sharedFiles() {
  const number = new URLSearchParams(location.search).get("shared");
  const worker = navigator.serviceWorker?.controller;
  if (number === null) return [];
  if (!worker) return null;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(null), PATIENCE);
    worker.postMessage(number, [port2]);
  });
}
