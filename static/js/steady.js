// What is answered stays where it is on the screen, although what stands above it may have grown or shrunk. Where an
// answered question is no longer asked, the one that comes after it takes its place, and the focus. What somebody types
// meanwhile is kept, and of two answers that cross each other neither hides what the other has said.
(() => {
  "use strict";

  let held = null;
  let kept = [];

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    kept = target ? unsent(target, requestConfig) : [];
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

  // --- What is typed or chosen, and not in what was sent, goes on in the part that takes the place of the old one ---
  const isChoice = (control) => control.matches("[type=radio], [type=checkbox]");
  function changed(control) {
    if (isChoice(control)) return control.checked !== control.defaultChecked;
    if (control instanceof HTMLSelectElement) return [...control.options].some((option) => option.selected !== option.defaultSelected);
    return control.value !== control.defaultValue;
  }
  function unsent(part, request) {
    const sent = (control) => control.form === request?.elt && (isChoice(control) || control.value === request.formData.get(control.name));
    return [...part.querySelectorAll("input[id]:not([type=hidden]), select[id], textarea[id]")]
      .filter((control) => changed(control) && !sent(control))
      .map(({ id, value, checked, selectionStart }) => ({ id, value, checked, caret: selectionStart }));
  }
  document.addEventListener("htmx:afterSwap", () => {
    for (const { id, value, checked, caret } of kept) {
      const control = document.getElementById(id);
      if (!control || changed(control)) continue;
      if (isChoice(control)) control.checked = checked;
      else control.value = value;
      const folded = control.closest("details");
      if (folded) folded.open = true;
      if (typeof caret === "number" && !isChoice(control)) control.setSelectionRange(caret, caret);
    }
    kept = [];
  });

  // --- An answer that did not arrive does not look as if it had, and can be given again ---
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      const form = event.detail.elt?.closest?.("[data-question] form");
      for (const radio of form?.querySelectorAll("input[type=radio]") ?? []) radio.checked = radio.defaultChecked;
    });
  }

  // --- An answer whose part was replaced while it was on its way: what holds now is asked for anew ---
  const watched = new WeakSet();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    if (!target?.id || watched.has(target)) return;
    watched.add(target);
    // On the element itself: what has been replaced is not in the document any more, and its events go nowhere else.
    target.addEventListener("htmx:beforeSwap", (swap) => {
      const now = document.getElementById(target.id);
      if (target.isConnected || !now) return;
      if (swap.detail.xhr.status < 400) {
        swap.detail.shouldSwap = false;
        htmx.ajax("GET", location.href, { target: now, select: `#${target.id}`, swap: "outerHTML" }).catch(() => {});
      } else {
        // A refusal, with the words that were refused, is told nowhere else.
        swap.detail.target = now;
        document.dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail: swap.detail }));
      }
    });
  });
})();
