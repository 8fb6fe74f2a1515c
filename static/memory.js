// What somebody wants this browser to remember: a picture of their own to cover faces with, and who is kept uncovered. All
// tabs of the page share it, and are told where one of them changes it.

const STORE = "own";

const tabs = globalThis.BroadcastChannel && new BroadcastChannel("turdify"); // old browsers have none

/** What was remembered by that name, or undefined. */
export function recall(name) {
  return within("readonly", (store) => store.get(name)).catch(() => undefined); // private windows may have no memory
}

/** Rejected where the browser doesn't: in private windows, or where its disk is full. */
export async function remember(name, value) {
  await within("readwrite", (store) => store.put(value, name));
  tabs?.postMessage(name);
}

export async function forget(name) {
  await within("readwrite", (store) => store.delete(name));
  tabs?.postMessage(name);
}

/** Call `changed` where another tab remembered or forgot what has that name, or may have while this page was put by. */
export function watch(name, changed) {
  tabs?.addEventListener("message", ({ data }) => data === name && changed());
  addEventListener("pageshow", ({ persisted }) => persisted && changed());
}

async function within(mode, act) {
  const opening = indexedDB.open("turdify", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    await ended(transaction);
    return request.result;
  } finally {
    database.close();
  }
}

/** What was written may still be refused at its end. */
function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
