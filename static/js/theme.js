// Runs in the head, before anything is drawn, so that a chosen appearance never flashes in the other one.
(() => {
  "use strict";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be switched off; then the system decides.
  }
})();
