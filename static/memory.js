// What somebody wants this browser to remember: a picture of their own to cover faces with, and who is kept uncovered.

const STORE = "own";

/** What was remembered by that name, or undefined. */
export function recall(name) {
  return within("readonly", (store) => store.get(name)).catch(() => undefined); // private windows may have no memory
}

/** Rejected where the browser doesn't: in private windows, or where its disk is full. */
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
