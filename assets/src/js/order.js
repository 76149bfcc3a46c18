/**
 * Drag the items of a list into another order.
 *
 * `[data-sortable]` holds `[data-item]`, each with a form `[data-move]` whose field `to` takes the place, from 0. Dropping one sends
 * its form; the buttons that move one up or down work without this.
 */
export function dragItems() {
  for (const list of document.querySelectorAll("[data-sortable]")) {
    list.addEventListener("pointerdown", (event) => {
      const item = event.target.closest(".tabla__number")?.closest("[data-item]");
      if (item && event.button === 0) {
        event.preventDefault();
        drag(list, item, event);
      }
    });
  }
}

function drag(list, item, start) {
  const items = () => [...list.querySelectorAll("[data-item]")];
  const from = items().indexOf(item);
  item.classList.add("is-dragged");
  item.setPointerCapture(start.pointerId);

  const move = (event) => {
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-item]");
    if (over && over !== item && list.contains(over)) {
      const all = items();
      over[all.indexOf(item) < all.indexOf(over) ? "after" : "before"](item);
    }
  };
  const end = (event) => {
    item.removeEventListener("pointermove", move);
    item.removeEventListener("pointerup", end);
    item.removeEventListener("pointercancel", end);
    item.classList.remove("is-dragged");
    const to = items().indexOf(item);
    const form = item.querySelector("[data-move]");
    if (event.type === "pointerup" && to !== from && form) {
      form.elements.to.value = to;
      form.submit();
    }
  };
  item.addEventListener("pointermove", move);
  item.addEventListener("pointerup", end);
  item.addEventListener("pointercancel", end);
}
