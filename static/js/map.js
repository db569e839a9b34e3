// The map: zoom by buttons, keys and Ctrl+wheel, pan by dragging, cards beside it. Without this the map scrolls and its links open pages.
(() => {
  "use strict";

  const STEP = 1.25;
  const LEAST = 0.25;
  const MOST = 4;

  function prepare(picture) {
    const svg = picture.querySelector("svg");
    if (!svg || picture.dataset.ready) return;
    picture.dataset.ready = "yes";
    const full = svg.viewBox.baseVal.width;
    const ratio = svg.viewBox.baseVal.height / full;
    let zoom = Math.min(1, (picture.clientWidth - 26) / full);
    if (zoom < 0.5) zoom = 0.5;

    const show = () => {
      svg.setAttribute("width", Math.round(full * zoom));
      svg.setAttribute("height", Math.round(full * ratio * zoom));
      picture.toggleAttribute("data-zoomed", svg.clientWidth > picture.clientWidth);
    };
    const zoomTo = (wanted) => {
      const before = zoom;
      zoom = Math.min(MOST, Math.max(LEAST, wanted));
      const centreX = (picture.scrollLeft + picture.clientWidth / 2) / before;
      const centreY = (picture.scrollTop + picture.clientHeight / 2) / before;
      show();
      picture.scrollLeft = centreX * zoom - picture.clientWidth / 2;
      picture.scrollTop = centreY * zoom - picture.clientHeight / 2;
    };

    const bar = document.createElement("div");
    bar.className = "zoom";
    for (const [text, label, act] of [
      ["−", "Zoom out", () => zoomTo(zoom / STEP)],
      ["+", "Zoom in", () => zoomTo(zoom * STEP)],
      ["Fit", "Fit the map into the page", () => zoomTo((picture.clientWidth - 26) / full)],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small";
      button.textContent = text;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
      bar.append(button);
    }
    picture.before(bar);

    picture.addEventListener("keydown", (event) => {
      if (event.key === "+" || event.key === "=") zoomTo(zoom * STEP);
      else if (event.key === "-") zoomTo(zoom / STEP);
      else return;
      event.preventDefault();
    });
    picture.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        zoomTo(event.deltaY < 0 ? zoom * STEP : zoom / STEP);
      },
      { passive: false },
    );

    let from = null;
    picture.addEventListener("pointerdown", (event) => {
      if (event.target.closest("a") || event.button) return;
      from = { x: event.clientX + picture.scrollLeft, y: event.clientY + picture.scrollTop };
    });
    picture.addEventListener("pointermove", (event) => {
      if (!from) return;
      picture.scrollLeft = from.x - event.clientX;
      picture.scrollTop = from.y - event.clientY;
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) picture.addEventListener(end, () => (from = null));

    picture.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const card = document.getElementById("map-card");
      if (!link || !card || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const url = link.getAttribute("href");
      if (!url || !url.endsWith("/card/")) return;
      event.preventDefault();
      htmx.ajax("GET", url, { target: "#map-card", swap: "innerHTML" });
    });
    show();
  }

  const prepareAll = () => document.querySelectorAll("[data-map]").forEach(prepare);
  prepareAll();
  document.addEventListener("htmx:afterSettle", prepareAll);
})();
