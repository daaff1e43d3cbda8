/* "Tick all that are shown" in each section of a preview; without it rows are ticked one by one. */
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-tick-all]").forEach((line) => {
      const all = line.querySelector("input");
      const rows = line.closest(".qs-section").querySelectorAll('input[name="operation"]');
      line.hidden = false;
      all.addEventListener("change", () => {
        rows.forEach((row) => {
          row.checked = all.checked;
        });
      });
    });
  });
})();
