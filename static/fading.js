// Where a list holds more than is seen of it, its ends fade.

/** Keep up to date which end of each of these, which scroll one way, has more beyond it. */
export function fading(lists) {
  const watch = new ResizeObserver(() => lists.forEach(show));
  for (const list of lists) {
    list.addEventListener("scroll", () => show(list));
    for (const element of [list, ...list.children]) watch.observe(element);
  }
}

function show(list) {
  const before = list.scrollLeft + list.scrollTop;
  const room = list.scrollWidth - list.clientWidth + list.scrollHeight - list.clientHeight;
  list.classList.toggle("before", before >= 1);
  list.classList.toggle("beyond", room - before >= 1);
}
