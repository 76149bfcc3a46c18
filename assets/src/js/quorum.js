/**
 * Count who is ticked as present, per institution, while one ticks.
 *
 * `[data-quorum]` names an institution, and how many it needs in `data-needs`; `[data-side]` are rows of its people, whose radio with
 * the value `attended` counts. The words are the page's own: `data-met` and `data-short`.
 */
export function countQuorum() {
  const outputs = [...document.querySelectorAll("[data-quorum]")];
  if (!outputs.length) {
    return;
  }
  document.addEventListener("change", () => {
    for (const output of outputs) {
      const rows = document.querySelectorAll(`[data-side="${output.dataset.quorum}"]`);
      const present = [...rows].filter((row) => row.querySelector('input[value="attended"]')?.checked).length;
      const words = present >= Number(output.dataset.needs) ? output.dataset.met : output.dataset.short;
      output.textContent = words.replace("#", present);
    }
  });
}
