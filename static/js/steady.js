// What is answered stays where it is on the screen, although what stands above it may have grown or shrunk. Where an
// answered question is no longer asked, the one that comes after it takes its place, and the focus.
(() => {
  "use strict";

  let held = null;

  document.addEventListener("htmx:beforeSwap", () => {
    const element = document.activeElement;
    const question = element?.closest("[data-question]");
    held = null;
    // page.js leads on from the next question to the one after it.
    if (!element?.id || !question || question.classList.contains("question-next")) return;
    const section = question.closest("section[id]");
    held = {
      id: element.id,
      top: question.getBoundingClientRect().top,
      section: section?.id,
      index: section ? [...section.querySelectorAll("[data-question]")].indexOf(question) : -1,
    };
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (!held) return;
    const { id, top, section, index } = held;
    held = null;
    let question = document.getElementById(id)?.closest("[data-question]");
    if (!question) {
      const left = document.getElementById(section)?.querySelectorAll("[data-question]") ?? [];
      question = left[Math.min(index, left.length - 1)];
      question?.querySelector("input:not([type=hidden]), select")?.focus({ preventScroll: true });
    }
    if (question) window.scrollBy({ top: question.getBoundingClientRect().top - top, behavior: "instant" });
  });
})();
