// The safety gate while it is touched: "none" and the tiles exclude each other, a tile closes options elsewhere in the
// form with the reason in the option, and the route is spoken. The server checks all of it again.

for (const gate of document.querySelectorAll("[data-gate]")) {
  const form = gate.closest("form") ?? document;
  const boxes = [...gate.querySelectorAll("input[type=checkbox]")];
  const none = boxes.find((box) => box.value === "none");
  const said = gate.querySelector("[data-gate-said]");

  const touched = () => boxes.filter((box) => box.checked && box !== none);

  function closeOptions() {
    const codes = new Set(touched().map((box) => box.value));
    for (const input of form.querySelectorAll("input[data-closable]")) {
      const tile = input.closest(".rk-tile");
      let closed = false;
      for (const reason of tile.querySelectorAll("[data-closed-by]")) {
        const here = codes.has(reason.dataset.closedBy) && !closed;
        reason.hidden = !here;
        closed ||= here;
      }
      input.disabled = closed;
      if (closed) input.checked = false;
      tile.classList.toggle("is-closed", closed);
    }
  }

  function settle(changed) {
    if (changed === none && none.checked) touched().forEach((box) => (box.checked = false));
    else if (changed?.checked && none) none.checked = false;
    closeOptions();
    if (changed) said.textContent = touched().map((box) => box.dataset.route).filter(Boolean).join(" ");
  }

  gate.addEventListener("change", (event) => settle(event.target));

  // An age below 18 touches the child's tile; another age lets go of it again.
  form.addEventListener("change", (event) => {
    const group = event.target.name && form.querySelector(`input[name="${CSS.escape(event.target.name)}"][data-sets-gate]`);
    if (!group) return;
    const box = boxes.find((one) => one.value === group.dataset.setsGate);
    if (!box) return;
    const sets = Boolean(event.target.dataset.setsGate);
    if (sets === box.checked || (!sets && !box.dataset.byAge)) return;
    box.checked = sets;
    if (sets) box.dataset.byAge = "1";
    else delete box.dataset.byAge;
    settle(box);
  });

  settle(null);
}
