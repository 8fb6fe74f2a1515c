// Sending a photo to the server. XMLHttpRequest, as fetch doesn't tell how far an upload has come.

import { say, settings } from "./settings.js";

/** What went wrong, in words for people. `retry` tells whether the same may work later, `seconds` when; `shrink`
 * whether a smaller copy would.
 */
export class Failure extends Error {
  constructor(message, { retry = true, seconds = 0, shrink = false } = {}) {
    super(message);
    Object.assign(this, { retry, seconds, shrink });
  }
}

/** What was thrown, as a Failure. */
export function asFailure(error) {
  return error instanceof Failure ? error : new Failure(say("clogged"));
}

/** POST the fields, each a value or a list of them; the answer as a Blob. `progress` is told the percentage that has been
 * sent. Throws Failure.
 */
function post(url, fields, { progress = () => {}, signal } = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "blob";
    request.upload.onprogress = ({ loaded, total }) => progress(Math.floor((100 * loaded) / (total || 1)));
    request.onload = () => (request.status === 200 ? resolve(request.response) : failure(request).then(reject));
    request.onerror = async () => {
      const retry = await isThere(form);
      reject(new Failure(say(retry ? "offline" : "gone"), { retry }));
    };
    request.onabort = () => reject(new Failure(say("canceled")));
    const abort = () => request.abort();
    request.onloadend = () => signal?.removeEventListener("abort", abort);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) reject(new Failure(say("canceled")));
    else request.send(form);
  });
}

/** The same, for answers in JSON. */
export async function ask(url, fields, options) {
  return JSON.parse(await (await post(url, fields, options)).text());
}

/** The same, for pictures. */
export async function draw(url, fields, options) {
  const blob = await post(url, fields, options);
  if (!settings.suffixes[blob.type]) throw new Failure(say("clogged")); // a page of some proxy, perhaps
  return blob;
}

/** Whether all files in the form can be read, as far as their beginnings tell. */
async function isThere(form) {
  const files = [...form.values()].filter((value) => value instanceof Blob);
  try {
    await Promise.all(files.map((file) => file.slice(0, 1).arrayBuffer()));
    return true;
  } catch {
    return false; // it was changed, moved or deleted since it was chosen
  }
}

async function failure(request) {
  const { detail, waiting } = await toldIn(request.response);
  if (request.status === 429 || request.status === 503) {
    const words = waiting ? `${say("busy")} ${say("waiting", { count: waiting })}` : say("busy");
    return new Failure(words, { seconds: Number(request.getResponseHeader("Retry-After")) || 5 });
  }
  if (request.status === 501) return new Failure(say("cannotRecognize"), { retry: false });
  if (request.status === 415) return new Failure(say("notAPhoto"), { retry: false });
  return new Failure(detail ?? say("clogged"), { retry: request.status >= 500, shrink: request.status === 413 });
}

async function toldIn(blob) {
  try {
    return JSON.parse(await blob.text()) ?? {};
  } catch {
    return {}; // a page of some proxy, perhaps
  }
}

/** How many photos are before the one that was sent with that turn; null unless it waits. */
export async function before(turn, signal) {
  try {
    return (await (await fetch(`${settings.waiting}?turn=${turn}`, { signal })).json()).before ?? null;
  } catch {
    return null; // what was sent tells what is wrong
  }
}
