// The room of a session: asks again and again whether anything is new, and takes in the parts that are; never swaps
// away what somebody is typing; keys; clocks. Without this the page works by its forms and "Reload".
(() => {
  "use strict";

  const drafts = () => document.querySelectorAll("form[data-draft]");
  const texts = "input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select";

  // --- What is typed survives a reload ---
  // By the attribute: a control named "id" hides the property.
  const keyOf = (form, control) => `draft:${location.pathname}:${form.getAttribute("id")}:${control.name}`;
  const changed = (control) =>
    control instanceof HTMLSelectElement
      ? [...control.options].some((option) => option.selected !== option.defaultSelected)
      : control.value !== control.defaultValue;
  function remember(event) {
    const form = event.target.closest?.("form[data-draft]");
    if (!form || !event.target.matches(texts)) return;
    try {
      if (changed(event.target)) sessionStorage.setItem(keyOf(form, event.target), event.target.value);
      else sessionStorage.removeItem(keyOf(form, event.target));
    } catch {
      // Without storage a reload loses it, as it does on any page.
    }
  }
  function recall() {
    for (const form of drafts()) {
      for (const control of form.querySelectorAll(texts)) {
        if (!control.name || changed(control)) continue;
        try {
          const text = sessionStorage.getItem(keyOf(form, control));
          if (text !== null) control.value = text;
        } catch {
          return;
        }
      }
    }
  }
  function forget(form) {
    try {
      for (const control of form.querySelectorAll(texts)) sessionStorage.removeItem(keyOf(form, control));
    } catch {
      // Nothing was remembered.
    }
  }
  document.addEventListener("input", remember);
  document.addEventListener("change", remember);
  // A form that is sent without htmx leaves the page; what comes back shows what was stored.
  document.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("hx-post")) forget(event.target);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt?.closest?.("form[data-draft]");
    if (form && event.detail.successful) forget(form);
  });
  // A vote that did not arrive does not look as if it had, and can be given again; the word of why stays.
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const form = event.detail.elt?.closest?.("[data-question] form");
      for (const radio of form?.querySelectorAll("input[type=radio]") ?? []) radio.checked = radio.defaultChecked;
    });
  }
  recall();

  const room = document.getElementById("room");
  if (!room) return;

  // --- A part in which somebody types is not swapped; it catches up as soon as the typing is done ---
  const news = document.getElementById("room-news");
  let sending = null;
  let owed = false;
  function busy(part) {
    const active = document.activeElement;
    if (active && active !== document.body && part.contains(active) && active.matches(texts) && active.closest("form") !== sending) return true;
    return [...part.querySelectorAll("form[data-draft]")].some(
      (form) => form !== sending && [...form.querySelectorAll(texts)].some(changed),
    );
  }
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const target = event.detail.target;
    if (!target || !room.contains(target) || !busy(target)) return;
    event.detail.shouldSwap = false;
    owed = true;
    news.hidden = false;
  });
  function catchUp() {
    if (!owed || busy(room)) return;
    owed = false;
    news.hidden = true;
    poll(0);
  }
  document.addEventListener("focusout", () => setTimeout(catchUp, 0));
  room.querySelector("[data-show-news]").addEventListener("click", () => {
    for (const form of drafts()) {
      forget(form);
      form.reset();
    }
    document.activeElement?.blur();
    catchUp();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt?.closest?.("form");
    if (form && room.contains(form)) sending = form;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt?.closest?.("form") === sending) setTimeout(() => { sending = null; catchUp(); }, 0);
  });

  // --- An answer that a later one has overtaken would bring back what has passed: it is dropped ---
  const watched = new WeakSet();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    if (target?.id !== "room-live" || watched.has(target)) return;
    watched.add(target);
    // On the element itself: what has been replaced is not in the document any more, and its events go nowhere else.
    target.addEventListener("htmx:beforeSwap", (swap) => {
      if (target.isConnected) return;
      swap.detail.shouldSwap = false;
      if (!isQuiet(swap)) poll(0);
    });
  });

  // --- Asking what is new: as often as the server says, less often when all has long been quiet or nobody looks ---
  const lost = document.getElementById("room-lost");
  // All in milliseconds. Asking also tells who is here.
  const HIDDEN = 15000;
  const QUIET_AFTER = 300000;
  const QUIET = 4000;
  let told = 2000;
  let newsAt = Date.now();
  let failures = 0;
  let asking = false;
  let timer = 0;
  function pace() {
    if (failures) return Math.min(15000, 1000 * 2 ** failures);
    if (document.hidden) return HIDDEN;
    return Date.now() - newsAt < QUIET_AFTER ? told : Math.max(told, QUIET);
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(poll, pace());
  }
  function poll(version) {
    const live = document.getElementById("room-live");
    if (asking || !live) return soon();
    asking = true;
    const known = version ?? live.dataset.version;
    htmx
      .ajax("GET", `${live.dataset.url}?v=${known}`, { source: live, target: live, swap: "outerHTML" })
      .catch(() => {})
      .finally(() => {
        asking = false;
        soon();
      });
  }
  const isQuiet = (event) => {
    const path = event.detail.pathInfo?.requestPath ?? event.detail.requestConfig?.path ?? "";
    return path.includes("/live/");
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isQuiet(event)) {
      newsAt = Date.now();
      // What was wrong is no more. A conflict has a form of its own, and stays.
      if (event.detail.xhr?.status < 300) room.querySelector("#room-error > .form-error")?.remove();
      return;
    }
    const status = event.detail.xhr?.status ?? 0;
    if (status >= 200 && status < 300) {
      failures = 0;
      lost.hidden = true;
      if (status !== 204) newsAt = Date.now();
      told = Number(event.detail.xhr.getResponseHeader("Session-Pace")) || told;
    } else {
      failures += 1;
      lost.hidden = false;
    }
  });
  // The page says by itself that the connection is lost; the usual warning says that something was not saved.
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    room.addEventListener(name, (event) => {
      if (isQuiet(event)) event.stopPropagation();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) poll();
  });
  window.addEventListener("online", () => poll());
  soon();

  // --- Clocks: how long the item has taken, which presses nobody ---
  let loaded = Date.now();
  function tell() {
    for (const clock of room.querySelectorAll("[data-elapsed]")) {
      const minutes = Math.floor((Number(clock.dataset.elapsed) + (Date.now() - loaded) / 1000) / 60);
      clock.textContent = `${minutes} of about ${clock.dataset.minutes} min`;
    }
  }
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target?.id === "room-head") loaded = Date.now();
  });
  document.addEventListener("htmx:afterSettle", () => {
    recall();
    tell();
  });
  setInterval(tell, 10000);

  // --- Keys ---
  const help = document.getElementById("room-help");
  const keys = help.querySelector("[data-keys]");
  const opener = room.querySelector("[data-help]");
  try {
    keys.checked = localStorage.getItem("session-keys") !== "off";
  } catch {
    // Then they are on.
  }
  keys.addEventListener("change", () => {
    try {
      localStorage.setItem("session-keys", keys.checked ? "on" : "off");
    } catch {
      // The choice lasts as long as the page.
    }
  });
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!keys.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.matches?.(texts) || target.closest?.(".picture")) return;
    if (event.key === "?") {
      event.preventDefault();
      help.showModal();
      return;
    }
    // Arrow keys move between the answers of a question.
    if (event.key.startsWith("Arrow") && target.matches?.("input[type=radio]")) return;
    const button = room.querySelector(`[data-room-key="${CSS.escape(event.key)}"]`);
    if (button && !button.disabled) {
      event.preventDefault();
      button.click();
      return;
    }
    if (target.closest?.("[data-question]") || !["y", "n", "d"].includes(event.key.toLowerCase())) return;
    const radio = room.querySelector(`[data-unanswered] input[type=radio][data-key="${event.key.toLowerCase()}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.focus();
    radio.click();
  });
})();
