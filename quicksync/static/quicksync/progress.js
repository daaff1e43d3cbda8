/* Keeps the progress of a run up to date; without it the page has a plain link to load itself again. */
(function () {
  "use strict";

  const EVERY = 1000;
  const AFTER_TROUBLE = 5000;
  const LEAVING = 30000;

  function show(box, found) {
    const part = (name) => box.querySelector(`[data-progress="${name}"]`);
    part("words").textContent = found.words;
    part("summary").textContent = found.summary;
    part("note").textContent = found.note;
    const bar = part("bar");
    bar.hidden = found.waits;
    if (found.total) {
      bar.max = found.total;
      bar.value = found.done;
    } else {
      bar.removeAttribute("value");
    }
  }

  // What somebody has begun to fill in on this page is never taken away by a run that ends meanwhile.
  let touched = false;

  // Nor does a run that ends meanwhile undo the press on a button whose answer is on its way.
  let left = -LEAVING;

  function end(box, found) {
    if (!("progressStay" in box.dataset)) {
      window.location.assign(found.url);
    } else if (!touched) {
      window.location.reload();
    } else {
      show(box, found);
      box.querySelector('[data-progress="bar"]').hidden = true;
      box.querySelector('[data-progress="ended"]').hidden = false;
    }
  }

  function follow(box) {
    box.querySelector('[data-progress="reload"]').hidden = true;

    async function look() {
      let wait = EVERY;
      try {
        const answer = await fetch(box.dataset.progressUrl, { credentials: "same-origin" });
        if (!answer.ok || !(answer.headers.get("Content-Type") || "").includes("json")) {
          // Logged out, or the run is gone: the page itself says so when it is loaded again.
          window.location.reload();
          return;
        }
        const found = await answer.json();
        if (performance.now() - left < LEAVING) {
          window.setTimeout(look, EVERY);
          return;
        }
        if (found.finished) {
          end(box, found);
          return;
        }
        show(box, found);
      } catch (trouble) {
        wait = AFTER_TROUBLE;
      }
      window.setTimeout(look, wait);
    }

    window.setTimeout(look, EVERY);
  }

  document.addEventListener("input", () => {
    touched = true;
  });
  window.addEventListener("beforeunload", () => {
    left = performance.now();
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-progress-url]").forEach(follow);
  });
})();
