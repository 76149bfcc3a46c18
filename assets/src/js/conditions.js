/**
 * Show `[data-when="name"]` only while the field of that name holds one of the lines of `data-is`.
 * What is hidden by a hidden field is hidden too. The server asks the same again: this only spares reading.
 */
export function followConditions() {
  const refresh = () => document.querySelectorAll("[data-when]").forEach(show);
  document.addEventListener("change", refresh);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) {
      refresh(); // a row was added
    }
  });
  refresh();
}

function show(part) {
  const wanted = part.dataset.is.split("\n");
  part.hidden = !chosen(part.dataset.when).some((value) => wanted.includes(value));
}

function chosen(name) {
  return [...document.getElementsByName(name)]
    .filter((field) => !field.closest("[data-when][hidden]"))
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => field.value);
}
