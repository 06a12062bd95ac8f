// "Salin": copies the text of an element. The buttons stay hidden where the browser cannot copy.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.lastChild;
    const before = words.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      words.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = before; }, 2500);
    });
  }
}
