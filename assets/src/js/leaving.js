/**
 * Ask before a page is left on which something was typed that was not sent: for every form that posts, but those
 * that save as one types. What a page that is shown again holds was typed, too.
 */
export function askBeforeLeaving() {
  const again = document.querySelector("main [data-focus]:is(.notice--error, [data-shown-again])");
  const typed = new Set(again ? [...document.querySelectorAll("main form")].filter(isFilled) : []);
  typed.forEach((form) => (form.dataset.typed = ""));
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method === "post" && !form.matches("[data-part], [data-choice]")) {
      typed.add(form);
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) {
      typed.delete(event.target);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...typed].some((form) => form.isConnected && differs(form))) {
      event.preventDefault();
    }
  });
}

function isFilled(form) {
  return form.method === "post" && [...form.elements].some((field) => field.matches("textarea, [type=text]") && field.value);
}

function differs(form) {
  return "typed" in form.dataset || [...form.elements].some(changed);
}

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.tagName === "SELECT") {
    const chosen = [...field.options].filter((option) => option.defaultSelected);
    return chosen.length ? [...field.options].some((one) => one.selected !== one.defaultSelected) : field.selectedIndex > 0;
  }
  return "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue;
}
