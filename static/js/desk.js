// The desk's editor: names are put in where one writes, found as one types, and a suggestion replaces what was wrong.
// All of it is convenience: names can be typed, and the Check button says what the page says as one types.
(() => {
  "use strict";

  const form = document.getElementById("entry");
  if (!form) return;
  const announcements = document.getElementById("announcements");
  const reference = document.querySelector("[data-reference]");
  const filter = document.querySelector("[data-filter]");
  let target = form.querySelector("[data-language]");

  document.querySelector("[data-without-script]")?.setAttribute("hidden", "");

  // --- Putting text in where the caret was, as if it had been typed, so that it can be undone ---
  function put(field, text, from, to) {
    field.focus();
    field.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      field.setRangeText(text, from, to, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  // The name or word that the caret stands in or behind.
  function wordAt(field) {
    const before = field.value.slice(0, field.selectionStart).match(/[A-Za-z_][\w.]*$/)?.[0] ?? "";
    const after = field.value.slice(field.selectionStart).match(/^[\w.]*/)[0];
    return { text: before, from: field.selectionStart - before.length, to: field.selectionStart + after.length };
  }

  document.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-insert]");
    if (insert && target) {
      const text = insert.dataset.insert;
      const isName = /^[a-z][a-z0-9_.]*$/.test(text) && text.includes(".");
      const word = wordAt(target);
      // A name that is half written is finished; anything else goes where the caret is.
      const finishes = isName && word.text && (text.startsWith(word.text) || filter?.value === word.text);
      const piece = target.dataset.language === "message" && isName && !inBraces(target) ? `{${text}}` : text;
      put(target, piece, finishes ? word.from : target.selectionStart, finishes ? word.to : target.selectionEnd);
      announcements.textContent = `${text} is put in.`;
      return;
    }
    const suggestion = event.target.closest("[data-put]");
    if (suggestion) {
      const field = document.getElementById(`id_${suggestion.dataset.into}`);
      // Places are counted from the first character that is not blank.
      const blank = field.value.length - field.value.trimStart().length;
      const from = blank + Number(suggestion.dataset.from);
      const to = from + Number(suggestion.dataset.length);
      const wrong = field.value.slice(from, to);
      const quoted = wrong.startsWith('"') && !suggestion.dataset.put.startsWith('"');
      put(field, quoted ? `"${suggestion.dataset.put}"` : suggestion.dataset.put, from, to);
      return;
    }
    const begin = event.target.closest("[data-begin-text]");
    if (begin) {
      const examples = document.getElementById("id_examples");
      const gap = examples.value && !examples.value.endsWith("\n") ? "\n" : "";
      put(examples, gap + begin.dataset.beginText, examples.value.length, examples.value.length);
    }
  });

  function inBraces(field) {
    const before = field.value.slice(0, field.selectionStart);
    return before.lastIndexOf("{") > before.lastIndexOf("}");
  }

  // --- The names of the chosen scope, and of them those that are looked for ---
  const scope = document.getElementById("id_scope");

  function showScope() {
    if (!scope) return;
    for (const part of reference?.querySelectorAll("[data-scope]") ?? []) {
      part.classList.toggle("desk-other-scope", part.dataset.scope !== scope.value);
    }
    for (const button of form.querySelectorAll("[data-begin-scope]")) {
      button.hidden = button.dataset.beginScope !== scope.value;
    }
  }

  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of reference.querySelectorAll("[data-names]")) {
      let here = 0;
      for (const name of group.querySelectorAll("[data-name]")) {
        const all = `${name.dataset.name} ${name.dataset.words}`.toLowerCase();
        name.hidden = !words.every((word) => all.includes(word));
        here += !name.hidden;
      }
      if (words.length) group.open = here > 0;
      group.hidden = here === 0;
      if (!group.closest(".desk-other-scope")) shown += here;
    }
    reference.querySelector("[data-filter-count]").textContent = words.length ? `${shown} name${shown === 1 ? "" : "s"}` : "";
    return shown;
  }

  if (reference) {
    reference.classList.add("desk-scripted");
    // Where the list stands below the editor and not beside it, it would be a long way past it.
    if (matchMedia("(max-width: 1100px)").matches) {
      for (const group of reference.querySelectorAll("[data-names]")) group.open = false;
    }
    reference.querySelector("[data-filter-box]").hidden = false;
    filter.addEventListener("input", (event) => {
      event.stopPropagation();
      find(filter.value);
    });
    form.addEventListener("input", (event) => {
      if (!event.target.matches("[data-language]")) return;
      const word = wordAt(event.target).text;
      // What is being written narrows the list; a name that is finished leaves it as it is.
      if (word.length > 2 && word !== filter.value && find(word)) {
        filter.value = word;
      } else if (filter.value !== word) {
        // Prose of a message is no name: then all of them stay in sight.
        filter.value = "";
        find("");
      }
    });
  }

  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-language]")) target = event.target;
  });
  scope?.addEventListener("change", showScope);
  form.querySelector("[data-begin]")?.removeAttribute("hidden");
  showScope();

  // --- A draft that is not kept yet is not lost by leaving the page unawares ---
  let written = false;
  form.addEventListener("input", () => (written = true));
  form.addEventListener("submit", () => (written = false));
  window.addEventListener("beforeunload", (event) => {
    if (written) event.preventDefault();
  });
})();
