/** Print the page from a button with `data-print`; without the script the button is not there. */
export function printPages() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) {
      window.print();
    }
  });
}
