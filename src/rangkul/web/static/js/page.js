// What every page gains when scripts run. Without them everything still works. Nothing is stored in the browser.

/** A form is sent once: the second click of a double click finds the button asleep. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.dataset.clean = "1";
  // After the browser has read the pressed button's name and value.
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((b) => b.setAttribute("aria-disabled", "true")));
  // A lost answer must not leave a dead form; the client key makes a second sending harmless.
  setTimeout(() => wake(form), 15000);
});
function wake(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}
// Coming back with the browser's arrow must find a living form.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));

/** Typed and not sent: the browser asks before the page is left. Only for forms marked data-once. */
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "once" in form.dataset) form.dataset.touched = "1";
});
addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("form[data-touched]")].some((form) => !form.dataset.clean)) event.preventDefault();
});

/** Popovers that are dialogs become modal: focus stays inside, Escape closes, focus returns. */
document.querySelectorAll("dialog[popover]").forEach((dialog) => {
  dialog.removeAttribute("popover");
  document.querySelectorAll(`[popovertarget="${dialog.id}"]`).forEach((button) => {
    button.removeAttribute("popovertarget");
    button.addEventListener("click", () => (dialog.contains(button) ? dialog.close() : dialog.showModal()));
  });
});

/** What must be corrected is read first. */
document.querySelector("[data-errors]")?.focus();

/** The member's menu closes with Escape and when one clicks beside it. */
document.querySelectorAll("[data-menu]").forEach((menu) => {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

/** A chosen photo is shown before it is sent. */
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("input[data-preview]")) return;
  const box = input.parentElement;
  box.querySelectorAll("img").forEach((image) => {
    URL.revokeObjectURL(image.src);
    image.remove();
  });
  for (const file of input.files) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) continue;
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    box.append(image);
  }
});

/** Print buttons. */
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
