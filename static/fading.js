// Where a list holds more than is seen of it, its ends fade.

/** Keep up to date which end of each of these, which scroll one way, has more beyond it. */
export function fading(lists) {
  const watch = new ResizeObserver(() => lists.forEach(show));
  for (const list of lists) {
    list.addEventListener("scroll", () => show(list));
    for (const element of [list, ...list.children]) watch.observe(element);
  }
}

/** Scroll a list sideways, and what it is in up or down, until a tile of it is seen where they don't fade. */
export function bring(tile, list, around) {
  const [{ left, top, right, bottom }, across, down] = [tile, list, around].map((part) => part.getBoundingClientRect());
  const [aside, above] = [list, around].map((part) => parseFloat(getComputedStyle(part).scrollPadding) || 0);
  list.scrollLeft += Math.min(0, left - aside - across.left) + Math.max(0, right + aside - across.right);
  around.scrollTop += Math.min(0, top - above - down.top) + Math.max(0, bottom + above - down.bottom);
}

function show(list) {
  const before = list.scrollLeft + list.scrollTop;
  const room = list.scrollWidth - list.clientWidth + list.scrollHeight - list.clientHeight;
  list.classList.toggle("before", before >= 1);
  list.classList.toggle("beyond", room - before >= 1);
}
