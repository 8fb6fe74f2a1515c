// Arrows for a list that scrolls sideways, for who has no finger to push it with.

const HIDDEN = 80; // CSS pixels at each end: a tile that is cut, or under an arrow

/** `back` and `on` scroll `list` by what is seen of it whole; each is hidden where there is no more. */
export function paged(list, back, on) {
  const show = () => {
    const beyond = list.scrollWidth - list.clientWidth - list.scrollLeft;
    hide(back, on, list.scrollLeft < 1);
    hide(on, back, beyond < 1);
  };
  const page = () => Math.max(HIDDEN, list.clientWidth - 2 * HIDDEN);
  back.addEventListener("click", () => list.scrollBy({ left: -page() }));
  on.addEventListener("click", () => list.scrollBy({ left: page() }));
  list.addEventListener("scroll", show);
  new ResizeObserver(show).observe(list);
}

/** The focus goes to the `other` one, not to the top of the page. */
function hide(arrow, other, hidden) {
  const held = document.activeElement === arrow;
  arrow.hidden = hidden;
  if (hidden && held) other.focus({ preventScroll: true });
}
