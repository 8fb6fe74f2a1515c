// A finger that swipes across, from one photo to the next.

const FAR = 60; // CSS pixels
const STRAIGHT = 2; // times as far across as up or down

/** Call `turn` with -1 or 1 for each swipe over the element, but not where it scrolls or something is held. */
export function swiped(element, turn) {
  let from = null;
  element.addEventListener("touchstart", ({ touches, target }) => {
    const free = touches.length === 1 && !target.closest(".zoomed, [aria-pressed=true]");
    from = free ? { x: touches[0].clientX, y: touches[0].clientY } : null;
  }, { passive: true }); // prettier-ignore
  element.addEventListener("touchend", ({ changedTouches: [touch] }) => {
    const [x, y] = from ? [touch.clientX - from.x, touch.clientY - from.y] : [0, 0];
    from = null;
    if (Math.abs(x) > FAR && Math.abs(x) > STRAIGHT * Math.abs(y)) turn(x < 0 ? 1 : -1);
  });
}
