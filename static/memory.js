// What somebody wants this browser to remember: a picture of their own to cover faces with, and who is kept uncovered.

const STORE = "own";

/** What was remembered by that name, or undefined. */
export function recall(name) {
  return within("readonly", (store) => store.get(name)).catch(() => undefined); // private windows may have no memory
}

export function remember(name, value) {
  return within("readwrite", (store) => store.put(value, name));
}

export function forget(name) {
  return within("readwrite", (store) => store.delete(name));
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
