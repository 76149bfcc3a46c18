/**
 * Add and remove rows of a form.
 *
 * `[data-repeat]` holds `[data-rows]`, a `<template>` whose names and identifiers carry `__index__`, and a `[data-add]` button;
 * a row is `[data-row]` with a `[data-remove]` button and a `[data-number]`. A new row takes an index never used before,
 * so that removing one in the middle renames nothing the reader has filled in.
 */
export function repeatRows() {
  for (const group of document.querySelectorAll("[data-repeat]")) {
    group.next = Number(group.dataset.next);
    group.addEventListener("click", (event) => {
      if (event.target.closest("[data-add]")) {
        event.preventDefault();
        add(group);
      }
      const row = event.target.closest("[data-remove]")?.closest("[data-row]");
      if (row) {
        event.preventDefault();
        remove(group, row);
      }
    });
    refresh(group);
  }
}

function add(group) {
  const holder = document.createElement("div");
  holder.innerHTML = group.querySelector("template").innerHTML.replaceAll("__index__", group.next);
  group.next += 1;
  const row = holder.firstElementChild;
  group.querySelector("[data-rows]").append(row);
  refresh(group);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function remove(group, row) {
  const near = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  refresh(group);
  (near?.querySelector("input:not([type=hidden])") ?? group.querySelector("[data-add]")).focus();
}

/** Number the rows as they stand, and offer only what may be done. */
function refresh(group) {
  const rows = [...group.querySelectorAll("[data-row]")];
  rows.forEach((row, position) => {
    row.querySelector("[data-number]").textContent = position + 1;
    row.querySelector("[data-remove]").hidden = rows.length <= Number(group.dataset.min);
  });
  group.querySelector("[data-add]").hidden = rows.length >= Number(group.dataset.max);
}
