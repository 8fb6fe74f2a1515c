// Taps of fingers. A second one soon after the first, and near it, makes it a double one; so what the first is for waits.

import { distance } from "./gestures.js";

const AGAIN = 300; // milliseconds in which it is the second
export const NEARBY = 30; // CSS pixels

export class Taps {
  #last = null; // where and when, and the timer of what it has yet to do
  #soon = new Map(); // that and others before it, each by its timer

  /** Whether the tap at that place is the second of two: then what the first was for is given up. */
  isSecond({ timeStamp }, place) {
    const { place: before, time, waiting } = this.#last ?? {};
    const isSecond = before && timeStamp - time < AGAIN && distance(before, place) < NEARBY;
    if (isSecond) {
      clearTimeout(waiting);
      this.#soon.delete(waiting);
    }
    this.#last = isSecond ? null : { place, time: timeStamp };
    return isSecond;
  }

  /** Do this for the last tap, when no second can come any more. */
  wait(act) {
    this.#last.waiting = setTimeout(() => this.doNow(), AGAIN);
    this.#soon.set(this.#last.waiting, act);
  }

  /** Whatever waits. */
  doNow() {
    for (const [timer, act] of this.#soon) {
      this.#soon.delete(timer);
      clearTimeout(timer);
      act();
    }
  }
}
