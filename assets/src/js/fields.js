const QUIET = 700;

/** Bring the reader to what is wrong, count what is typed, and take files that are dropped. */
export function improveFields() {
  document.querySelector("[data-focus]")?.focus();
  document.querySelectorAll("[data-count]").forEach(count);
  document.querySelectorAll("[data-drop]").forEach(takeFiles);
}

/** Show how many characters are left; tell a screen reader only when the typing rests. */
function count(field) {
  const shown = document.getElementById(field.dataset.count);
  const spoken = shown.nextElementSibling;
  let timer;
  const update = () => {
    const left = field.maxLength - field.value.length;
    shown.textContent = shown.dataset.text.replace("{n}", left);
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = field === document.activeElement ? shown.textContent : "";
    }, QUIET);
  };
  field.addEventListener("input", update);
  update();
}

function takeFiles(zone) {
  const input = zone.querySelector("input[type=file]");
  const over = (is) => (event) => {
    event.preventDefault();
    zone.classList.toggle("drop--over", is);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
