/* A button that copies the text beside it; where the browser allows no copying, one click still selects the text. */
(function () {
  "use strict";

  const SHOWN = 2000;

  function offer(button) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent.trim();
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied;
      window.setTimeout(() => {
        button.textContent = words;
      }, SHOWN);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (navigator.clipboard) {
      document.querySelectorAll("[data-copy]").forEach(offer);
    }
  });
})();
