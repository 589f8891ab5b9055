// What HTML and htmx cannot do for the page: scrolling along, resting streams, dialogs, copying, the theme, single keys.
"use strict";
(() => {
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const words = document.body.dataset;
  const kept = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch { return null; }
  };

  // The page follows a growing answer until the reader scrolls up, and again once they are back at the end.
  // A jump to the end goes on although the page may still scroll up from before, until the reader scrolls anew.
  let follows = true, jumps = false, seen = 0;
  const atEnd = () => innerHeight + scrollY >= root.scrollHeight - 60;
  const toEnd = () => $("turns").children.length && scrollTo({ top: root.scrollHeight });
  history.scrollRestoration = "manual";
  // A page without turns is read from its top: on a phone, the focus of the message box scrolls it to its end.
  addEventListener("load", () => requestAnimationFrame(() => { if (!$("turns").children.length) scrollTo({ top: 0 }); }));
  addEventListener("scroll", () => {
    if (atEnd()) jumps = false;
    if (scrollY < seen - 2) follows = jumps || atEnd();
    else if (atEnd()) follows = true;
    seen = scrollY;
    $("latest").hidden = follows;
  }, { passive: true });
  new ResizeObserver(() => { if (follows) toEnd(); }).observe($("turns"));
  $("latest").addEventListener("click", () => { follows = jumps = true; toEnd(); $("text").focus({ preventScroll: true }); });
  addEventListener("scrollend", () => { if (jumps) toEnd(); });
  for (const moved of ["wheel", "touchmove", "keydown"]) addEventListener(moved, () => { jumps = false; }, { passive: true });
  document.addEventListener("submit", ({ target }) => { if (target.closest("#composer, #conversations")) follows = true; });
  document.addEventListener("submit", ({ target }) => { if (target.closest(":popover-open")) $("sidebar").hidePopover(); });

  // The stream. A page that nobody looks at lets go of it: browsers allow six connections to a server.
  let source = null, first = true, resting = null;
  htmx.createEventSource = (url) => {
    source = new EventSource(first ? url : url.replace(/&v=.*/, ""));
    first = false;
    source.addEventListener("go", (event) => location.assign(event.data));
    return source;
  };
  document.body.addEventListener("htmx:sseOpen", () => root.classList.remove("lost"));
  document.body.addEventListener("htmx:sseError", () => root.classList.add("lost"));
  const follow = () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(() => source?.close(), 30000);
    else if (source?.readyState === EventSource.CLOSED) {
      const fresh = $("stream").cloneNode();
      $("stream").replaceWith(fresh), htmx.process(fresh);
    }
  };
  for (const shown of ["visibilitychange", "focus"]) addEventListener(shown, follow);

  // Forms come open, for browsers without scripts; with them they are modal, and gone once they are closed.
  const openForms = () => {
    for (const dialog of document.querySelectorAll("dialog[data-modal]:not(:modal)")) {
      dialog.removeAttribute("open");
      dialog.showModal();
    }
  };
  document.body.addEventListener("htmx:afterSwap", openForms);
  document.addEventListener("close", (event) => { if ("modal" in event.target.dataset) event.target.remove(); }, true);

  // Copying, also where the browser offers it to secure pages only.
  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  const copy = async (button) => {
    const code = button.closest("figure")?.querySelector("code").textContent;
    const done = await copied(code ?? button.parentNode.querySelector(".source").value);
    $("news").textContent = done ? words.copied : words.copyFailed;
    button.classList.toggle("done", done);
    setTimeout(() => button.classList.remove("done"), 1500);
  };

  const switchTheme = () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const theme = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    kept("theme", theme === system ? null : theme);
  };
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("#theme")) switchTheme();
    if (at("#keys")) $("shortcuts").showModal();
    if (at("[data-close]")) { event.preventDefault(); at("dialog").close(); }
    if (event.target.matches("dialog")) event.target.close();
  });

  // Single keys, which can be switched off: WCAG 2.2, 2.1.4.
  $("single-keys").checked = kept("single-keys") !== "off";
  $("single-keys").addEventListener("change", (event) => { kept("single-keys", event.target.checked ? null : "off"); number(); });
  // The keys 1 to 9 press the buttons of the newest card, which show them; not while the card is out of sight.
  const number = () => {
    for (const old of document.querySelectorAll(".turn [aria-keyshortcuts]")) old.removeAttribute("aria-keyshortcuts");
    const card = [...document.querySelectorAll(".notice:has(.actions button)")].pop();
    if (!card || kept("single-keys") === "off") return;
    [...card.querySelectorAll(".actions button")].slice(0, 9).forEach((button, at) => button.setAttribute("aria-keyshortcuts", at + 1));
  };
  const numbered = (key) => {
    const button = document.querySelector(`.turn [aria-keyshortcuts="${CSS.escape(key)}"]`);
    const seen = button?.closest(".turn").getBoundingClientRect();
    return seen?.bottom > 0 && seen.top < innerHeight && (() => button.click());
  };
  new MutationObserver(number).observe($("turns"), { childList: true, subtree: true });
  number();
  const keys = {
    "?": () => $("shortcuts").showModal(),
    "/": () => { $("text").focus(); if (!$("text").value) document.execCommand("insertText", false, "/"); },
    n: () => $("new").click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("dialog textarea")?.form.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || kept("single-keys") === "off") return;
    if (event.target.closest("input, textarea, select, dialog[open], [popover]:popover-open")) return;
    const act = keys[event.key] ?? numbered(event.key);
    if (act) { event.preventDefault(); act(); }
  });

  openForms();
  toEnd();
})();
