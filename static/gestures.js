// Fingers and the mouse over the photo. What they hold follows them; all else is left to the browser, which scrolls.

const TAP = 6; // CSS pixels: what moves less was a tap

export class Gestures {
  #pointers = new Map(); // where each began and is
  #held = null;
  #grip = null; // where the pointers were when they took hold
  /** Whether the last pointers moved, so that what comes of them is no tap. */
  moved = false;
  /** Where the last pointer went down, and what it was: browsers move taps onto buttons nearby, and not all tell more. */
  place = [0, 0];
  pointerType = "";

  /**
   * `take` is asked, with the event and the number of pointers, what these hold from here on, or null for nothing:
   * {pivot, grip(span), follow(from, to), release()}. A `pivot` counts as a pointer that rests there.
   */
  constructor(stage, take) {
    this.take = take;
    for (const type of ["pointerdown", "pointermove"]) stage.addEventListener(type, (event) => this.#pointed(event));
    for (const type of ["pointerup", "pointercancel"]) {
      addEventListener(type, (event) => this.#pointed(event), { capture: true }); // wherever it is let go
    }
    // What is held isn't scrolled, and two fingers don't zoom the page.
    for (const type of ["touchstart", "touchmove"]) {
      const claim = (event) => {
        const fingers = event.touches.length > 1 || (type === "touchmove" && this.#held);
        if (fingers && event.cancelable) event.preventDefault();
      };
      stage.addEventListener(type, claim, { passive: false });
    }
  }

  #pointed(event) {
    const { type, pointerId } = event;
    const point = [event.clientX, event.clientY];
    if (type === "pointerdown") this.#press(event, point);
    else if (!this.#pointers.has(pointerId)) return;
    else if (type === "pointermove" && event.buttons) this.#move(pointerId, point);
    else this.#lift(pointerId);
  }

  #press(event, point) {
    if (event.button > 0) return;
    if (!this.#pointers.size) Object.assign(this, { moved: false, place: point, pointerType: event.pointerType });
    this.#pointers.set(event.pointerId, { began: point, point });
    this.#held ??= this.take(event, this.#pointers.size);
    if (!this.#held) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.#grip = this.#span;
    this.#held.grip(this.#grip);
  }

  #move(pointerId, point) {
    const pointer = this.#pointers.get(pointerId);
    pointer.point = point;
    if (distance(pointer.began, point) > TAP) this.moved = true;
    if (this.moved && this.#grip) this.#held.follow(this.#grip, this.#span);
  }

  /** Those that stay hold on to nothing until another comes: fingers are never lifted all at once. */
  #lift(pointerId) {
    this.#pointers.delete(pointerId);
    this.#grip = null;
    if (this.#pointers.size) return;
    this.#held?.release();
    this.#held = null;
  }

  get #span() {
    const points = [...this.#pointers.values()].map(({ point }) => point);
    return span(this.#held.pivot ? [...points, this.#held.pivot] : points);
  }
}

/** The middle of one or two points, how far they are apart, and the direction from one to the other, clockwise. */
function span([one, other = one]) {
  return {
    middle: [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2],
    length: distance(one, other) || 1,
    angle: (Math.atan2(other[1] - one[1], other[0] - one[0]) * 180) / Math.PI,
  };
}

export function distance(one, other) {
  return Math.hypot(other[0] - one[0], other[1] - one[1]);
}
