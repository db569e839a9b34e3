// What is answered stays where it is on the screen, although what stands above it may have grown or shrunk.
(() => {
  "use strict";

  let held = null;

  const place = () => {
    const element = document.activeElement;
    const question = element?.id && element.closest("[data-question]");
    return question ? { id: element.id, top: element.getBoundingClientRect().top } : null;
  };

  document.addEventListener("htmx:beforeSwap", () => {
    held = place();
  });
  document.addEventListener("htmx:afterSwap", () => {
    const element = held && document.getElementById(held.id);
    if (element) window.scrollBy({ top: element.getBoundingClientRect().top - held.top, behavior: "instant" });
    held = null;
  });
})();
