/**
 * Open `<dialog id="x">` from a link to `#x` with `data-opens`.
 * Without this the link alone shows it, by `:target`; with it the page behind is inert and the focus comes back.
 */
export function openDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens).showModal();
      return;
    }
    const closer = event.target.closest("[data-closes]");
    const dialog = (closer ?? event.target).closest("dialog[open]");
    if (dialog && (closer || event.target === dialog)) {
      event.preventDefault();
      dialog.close();
    }
  });
}
