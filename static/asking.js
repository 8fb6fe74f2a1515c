// Asking the server patiently: how it goes is told, and where there are several photos a busy server is waited for.

import { before } from "./request.js";
import { say } from "./settings.js";
import { state, tell, update } from "./state.js";

export const PATIENCE = 500; // milliseconds before the page says what takes so long
const LONG = 8000;
// What is said once everything is sent, and when.
export const SNIFFING = [[PATIENCE, "sniffing"], [LONG, "stillSniffing"]]; // prettier-ignore
export const RENDERING = [[0, "rendering"]];
const LOOK = 1500; // milliseconds between two looks at how many photos are before this one
const ATTEMPTS = 6; // for each photo of several, when the server is busy

/** Ask or post for a job, a photo or what is being saved: its `percent` is kept, and it is told if it can be seen. */
export async function patiently(way, url, fields, { job, waits, ended }) {
  for (let attempt = 1; ; attempt += 1) {
    const turn = 1 + crypto.getRandomValues(new Uint32Array(1))[0];
    const watch = watchOf(job, waits, turn);
    try {
      return await way(url, { ...fields, turn }, { signal: ended, progress: watch.progress });
    } catch (failure) {
      if (!failure.seconds || state.photos.length === 1 || attempt === ATTEMPTS) throw failure;
      announce(job, "waitingInLine");
      await pause(failure.seconds, ended);
    } finally {
      watch.stop();
    }
  }
}

/** Keeps the percentage and the words for it up to date, and for how many photos are before that of this turn. */
function watchOf(job, waits, turn) {
  let timers = [];
  let line = null; // how many are before it, once that was told
  let looking = null; // what ends the look that is under way: browsers open few connections
  const look = async () => {
    if (looking) return;
    looking = new AbortController();
    const count = await before(turn, looking.signal);
    looking = null;
    if (!timers.length) return; // it has its answer
    if (count) announce(job, "inLine", { count });
    else if (line) announce(job, waits[0][1]);
    line = count;
  };
  return {
    progress(percent) {
      if (percent < 100) {
        job.percent = percent;
        update();
        announce(job, "uploading", { percent: percent - (percent % 10) }); // not each one is worth reading out
      } else if (!timers.length) {
        job.percent = null;
        update();
        timers = waits.map(([milliseconds, name]) => setTimeout(() => line || announce(job, name), milliseconds));
        timers.push(setTimeout(look, PATIENCE), setInterval(look, LOOK));
      }
    },
    stop() {
      job.percent = null;
      looking?.abort();
      timers.forEach(clearTimeout); // which ends intervals as well
      timers = [];
    },
  };
}

function announce(job, name, values) {
  if (job === state.current || job === state.saving) tell(say(name, values));
}

function pause(seconds, ended) {
  return new Promise((resolve) => {
    setTimeout(resolve, 1000 * seconds);
    ended.addEventListener("abort", resolve, { once: true });
  });
}
