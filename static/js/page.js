// What every page does beside its forms and links. All of it is convenience: each page works without it.
(() => {
  "use strict";

  // --- Appearance: light, dark, or as the system has it ---
  const themeSwitch = document.querySelector("[data-theme-switch]");
  if (themeSwitch) {
    const chosen = document.documentElement.dataset.theme || "";
    for (const radio of themeSwitch.querySelectorAll("input")) radio.checked = radio.value === chosen;
    themeSwitch.hidden = false;
    themeSwitch.addEventListener("change", (event) => {
      const theme = event.target.value;
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
      try {
        if (theme) localStorage.setItem("theme", theme);
        else localStorage.removeItem("theme");
      } catch {
        // Without storage the choice lasts as long as the page.
      }
    });
  }

  // --- Menus close when one looks elsewhere ---
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // --- Keys: "/" to search, Escape to close, y n d to answer the question that has the focus ---
  const typing = (element) => element.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeWhatIsOpen();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const target = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (target) {
      event.preventDefault();
      target.focus();
      return;
    }
    answerByKey(event);
  });

  function closeWhatIsOpen() {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (location.hash === "#navigation") location.hash = "content";
  }

  function answerByKey(event) {
    const question = event.target.closest("[data-question]");
    const radio = question?.querySelector(`input[type=radio][data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!radio || radio.disabled) return;
    event.preventDefault();
    radio.focus();
    radio.click();
  }

  // --- What the server says after a change, for those who do not see it: header HX-Trigger {"announce": {"text": ...}} ---
  document.addEventListener("announce", (event) => {
    document.getElementById("announcements").textContent = event.detail.text;
  });

  // --- The focus stays where it was when the part around it is replaced. Whoever answers the next question is led on
  //     to the one that is next then, so that a meeting can go through them with y, n and d alone. ---
  let focused = null;
  let answersNext = false;
  document.addEventListener("htmx:beforeSwap", () => {
    const element = document.activeElement;
    focused = element?.id || null;
    answersNext = Boolean(element?.closest(".question-next"));
  });
  document.addEventListener("htmx:afterSettle", () => {
    const lost = !document.activeElement || document.activeElement === document.body;
    if (!lost || !focused) return;
    const same = document.getElementById(focused);
    const next = answersNext ? document.querySelector(".question-next input[type=radio]:not(:disabled)") : null;
    (same || next)?.focus({ preventScroll: true });
  });

  // --- What stands in a field to be passed on is copied by its button; where that may not be, it is marked to be copied ---
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
        document.getElementById("announcements").textContent = "Copied.";
      } catch {
        field.focus();
      }
    });
  }

  // --- A request that failed says so; the page itself stays as it is ---
  const words = {
    0: "The server could not be reached. Nothing was saved.",
    403: "You may not do this, or the page is too old. Reload it and try again.",
    404: "This is no longer there. Reload the page.",
    413: "That is too large. Nothing was saved.",
    429: "Too many tries. Wait a moment.",
    507: "The server has no room left. Nothing was saved.",
  };
  function warn(text) {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = text;
    document.getElementById("alerts").replaceChildren(toast);
    setTimeout(() => toast.remove(), 12000);
  }
  document.addEventListener("htmx:responseError", (event) => {
    warn(words[event.detail.xhr.status] || "That did not work, and nothing was saved. Try again, or reload the page.");
  });
  document.addEventListener("htmx:sendError", () => warn(words[0]));
  document.addEventListener("htmx:timeout", () => warn(words[0]));
})();
