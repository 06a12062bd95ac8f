// Parts of a form that matter only after certain answers. Without JavaScript all of them stay in view.
// data-when="name: value value"    shown while one of these values is chosen
// data-unless="name: value value"  hidden while one of these values is chosen
// data-gps                         a button that fills latitude and longitude, when the phone allows it

function chosen(form, name) {
  return [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked && !one.disabled : true))
    .map((one) => one.value);
}

function holds(form, rule) {
  const [name, values] = rule.split(":").map((part) => part.trim());
  const wanted = values.split(/\s+/);
  return chosen(form, name).some((value) => wanted.includes(value));
}

for (const form of document.querySelectorAll("form:has([data-when], [data-unless])")) {
  const settle = () => {
    for (const part of form.querySelectorAll("[data-when]")) part.hidden = !holds(form, part.dataset.when);
    for (const part of form.querySelectorAll("[data-unless]")) part.hidden = holds(form, part.dataset.unless);
  };
  form.addEventListener("change", () => setTimeout(settle));
  settle();
}

for (const button of document.querySelectorAll("[data-gps]")) {
  if (!navigator.geolocation) continue;
  const form = button.closest("form");
  const said = form.querySelector("[data-gps-said]");
  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = button.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(5);
        form.elements.longitude.value = coords.longitude.toFixed(5);
        said.textContent = button.dataset.found.replace("{m}", Math.round(coords.accuracy));
      },
      () => { said.textContent = button.dataset.missing; },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}
