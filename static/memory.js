// What somebody wants this browser to remember: a picture of their own to cover faces with.

const STORE = "own";
const KEY = "picture";

/** What was remembered, or undefined. */
export function recall() {
  return within("readonly", (store) => store.get(KEY)).catch(() => undefined); // private windows may have no memory
}

export function remember(value) {
  return within("readwrite", (store) => store.put(value, KEY));
}

export function forget() {
  return within("readwrite", (store) => store.delete(KEY));
}

async function within(mode, act) {
  const opening = indexedDB.open("turdify", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  try {
    return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
