/** Copy what the field named by `data-copy` holds, and say so on the button for a moment. */
export function copyAddresses() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) {
      return;
    }
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return; // without permission, or over plain HTTP: what is selected can still be copied by hand
    }
    announce(button);
  });
}

function announce(button) {
  const label = button.querySelector("[data-label]");
  label.dataset.before ??= label.textContent;
  label.textContent = button.dataset.copied;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.textContent = label.dataset.before;
  }, 2500);
}
