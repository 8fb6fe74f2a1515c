// The photo's own window: which part of the photo is seen, and how large. It scrolls as browsers scroll; zooming makes
// what is in it larger, so that it is drawn anew and stays sharp. Points in the photo are in its pixels, on the screen in
// CSS pixels.

const MOST = 8; // CSS pixels for a pixel of the photo: there is nothing more to see beyond
const WHEEL = 50; // what a turn of the wheel counts at most: a mouse's is 100 and more, a touchpad's a few

export class Viewport {
  #photo = null;
  #size = null;
  #room = [0, 0]; // the stage's width and height, kept as each question may cost a layout
  #scale = 1;
  #aim = null; // of the wheel: the point of the photo; and where, on the screen, the mouse and that came to be
  #changed;

  /** `sheet`, in `stage`, holds the photo and what lies over it. `changed` is called when it has another size. */
  constructor({ stage, sheet, changed }) {
    Object.assign(this, { stage, sheet });
    this.#changed = changed;
    stage.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    new ResizeObserver(() => this.#resized()).observe(stage);
  }

  /** Show a photo of that width and height: the whole of it, unless it is shown already. Whether there is room for it. */
  open(photo, size) {
    if (photo === this.#photo && String(size) === String(this.#size) && this.#room[0]) return true;
    this.#photo = photo;
    this.#size = size;
    this.stage.style.setProperty("--width", size[0]);
    this.stage.style.setProperty("--height", size[1]);
    this.#measure();
    if (this.#room[0]) this.#layOut(0);
    return this.#room[0] > 0;
  }

  /** CSS pixels for each pixel of the photo. */
  get scale() {
    return this.#scale;
  }

  /** The scale at which the whole photo is seen. */
  get whole() {
    return Math.min(1, this.#room[0] / this.#size[0], this.#room[1] / this.#size[1]);
  }

  get isWhole() {
    return this.#scale <= this.whole;
  }

  get isLargest() {
    return this.#scale >= MOST;
  }

  /** The longer side of what can be seen of the photo, in its pixels. */
  get extent() {
    return Math.min(Math.max(...this.#size), Math.max(...this.#room) / this.#scale);
  }

  /** The middle of the stage, on the screen. */
  get middle() {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }

  toPhoto([x, y]) {
    const { left, top } = this.sheet.getBoundingClientRect();
    return [(x - left) / this.#scale, (y - top) / this.#scale];
  }

  toScreen([x, y]) {
    const { left, top } = this.sheet.getBoundingClientRect();
    return [left + x * this.#scale, top + y * this.#scale];
  }

  /** Zoom, keeping that point of the photo where it is, or bringing it to that place on the screen. */
  zoomTo(scale, point = this.toPhoto(this.middle), place = this.toScreen(point)) {
    this.#layOut(scale);
    this.#changed();
    this.bring(point, place);
  }

  zoomBy(factor, point, place) {
    this.zoomTo(this.#scale * factor, point, place);
  }

  showWhole() {
    this.zoomTo(0);
  }

  /** Scroll so that the point of the photo is at that place on the screen, as far as the photo reaches. */
  bring(point, [x, y]) {
    const [left, top] = this.toScreen(point);
    this.stage.scrollLeft += left - x;
    this.stage.scrollTop += top - y;
  }

  /** Scroll no farther than needed for a box, [left, upper, right, lower] in the photo, to be seen. */
  reveal(box) {
    const { left, top, right, bottom } = this.stage.getBoundingClientRect();
    const [upperLeft, lowerRight] = [this.toScreen(box.slice(0, 2)), this.toScreen(box.slice(2))];
    this.stage.scrollLeft += beyond(upperLeft[0], lowerRight[0], left, right);
    this.stage.scrollTop += beyond(upperLeft[1], lowerRight[1], top, bottom);
  }

  #layOut(scale) {
    this.#scale = Math.min(Math.max(scale, this.whole), MOST);
    const [width, height] = this.#size.map((side) => side * this.#scale);
    Object.assign(this.sheet.style, { width: `${width}px`, height: `${height}px` });
    this.stage.classList.toggle("zoomed", !this.isWhole);
  }

  #measure() {
    this.#room = [this.stage.clientWidth, this.stage.clientHeight];
  }

  #resized() {
    if (!this.#size) return;
    const wasWhole = this.isWhole;
    this.#measure();
    if (this.#room[0]) this.zoomTo(wasWhole ? 0 : this.#scale);
  }

  /** Turned with Ctrl, as touchpads tell a pinch. What it began at comes back under the mouse as soon as the photo
   * reaches so far, unless either was moved meanwhile.
   */
  #wheeled(event) {
    if (!event.ctrlKey || !this.#size) return;
    event.preventDefault();
    const turn = Math.max(-WHEEL, Math.min(WHEEL, event.deltaY));
    const place = [event.clientX, event.clientY];
    const last = this.#aim?.point;
    const goesOn = last && String([place, this.toScreen(last)]) === this.#aim.places;
    const point = goesOn ? last : this.toPhoto(place);
    this.zoomBy(2 ** (-turn / 100), point, place);
    this.#aim = { point, places: String([place, this.toScreen(point)]) };
  }
}

/** How far a span lies beyond another: what to scroll. Of one that doesn't fit in, the start is shown. */
function beyond(start, end, from, to) {
  return start < from || end - start > to - from ? start - from : Math.max(0, end - to);
}
