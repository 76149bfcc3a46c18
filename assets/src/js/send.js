const WAIT = 8000;

/**
 * Swallow a second press while a form is on its way, and say "Enviando…" on the button.
 * A form with `data-downloads` answers with a file and leaves the page as it is: it may be pressed at once again.
 * The button is never disabled: a disabled one sends no value and stays dead after an error. After eight seconds,
 * or on coming back to the page, it may be pressed again.
 */
export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || "downloads" in form.dataset) {
      return;
    }
    if (form.sent) {
      event.preventDefault();
      return;
    }
    form.sent = true;
    say(form, event.submitter);
    setTimeout(() => release(form), WAIT);
  });
  window.addEventListener("pageshow", () => [...document.forms].forEach(release));
}

function say(form, button) {
  const text = document.body.dataset.sending;
  const label = button?.querySelector("[data-label]");
  if (label && text) {
    form.said = { button, label, before: label.textContent };
    button.setAttribute("aria-busy", "true");
    label.textContent = text;
  }
}

function release(form) {
  form.sent = false;
  if (form.said) {
    form.said.button.removeAttribute("aria-busy");
    form.said.label.textContent = form.said.before;
    form.said = null;
  }
}
