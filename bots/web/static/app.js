// What HTML and htmx cannot do: scrolling along, copying, the keyboard, the command menu, the theme.
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
  const tell = (text) => { $("news").textContent = text; };

  // The page follows a growing answer until the reader scrolls up, and again once they are back at the end.
  let follows = true, seen = 0;
  const atEnd = () => innerHeight + scrollY >= root.scrollHeight - 60;
  const toEnd = () => scrollTo({ top: root.scrollHeight });
  history.scrollRestoration = "manual";
  addEventListener("scroll", () => {
    if (scrollY < seen - 2) follows = atEnd();
    else if (atEnd()) follows = true;
    seen = scrollY;
    $("latest").hidden = follows;
  }, { passive: true });
  new ResizeObserver(() => { if (follows) toEnd(); }).observe($("turns"));
  $("latest").addEventListener("click", () => { follows = true; toEnd(); $("text").focus(); });

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
  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(() => source?.close(), 30000);
    else if (source?.readyState === EventSource.CLOSED) {
      const fresh = $("stream").cloneNode();
      $("stream").replaceWith(fresh);
      htmx.process(fresh);
    }
  });

  // The composer.
  let sent = "";
  const grow = () => {
    const text = $("text");
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  };
  const write = (value) => { $("text").value = value; grow(); menu(); };
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "composer") { sent = $("text").value; follows = true; }
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id !== "composer") return;
    if (event.detail.successful) write($("text").value.startsWith(sent) ? $("text").value.slice(sent.length) : "");
    else if (!event.detail.xhr.status) $("problem").textContent = words.unsent;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    openForms();
    if (["mode", "composer"].includes(event.detail.target?.id)) { $("text").focus(); grow(); }
  });

  // The command menu.
  const options = () => [...$("commands").children].filter((option) => !option.hidden);
  const active = () => $("commands").querySelector("[aria-selected=true]");
  const choose = (option) => {
    active()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) $("text").setAttribute("aria-activedescendant", option.id);
    else $("text").removeAttribute("aria-activedescendant");
  };
  function menu() {
    const typed = $("text").value.match(/^\/([\w-]*)$/);
    for (const option of $("commands").children) option.hidden = !typed || !option.dataset.name.startsWith(typed[1].toLowerCase());
    $("commands").hidden = !options().length;
    choose(options()[0]);
  }
  const take = (option) => {
    write(`/${option.dataset.name} `);
    $("text").focus();
  };
  const menuKey = (event) => {
    const shown = options(), at = shown.indexOf(active());
    if (event.key === "ArrowDown") choose(shown[(at + 1) % shown.length]);
    else if (event.key === "ArrowUp") choose(shown[(at - 1 + shown.length) % shown.length]);
    else if (event.key === "Escape") { $("commands").hidden = true; choose(null); }
    else if (event.key === "Tab" || (event.key === "Enter" && $("text").value !== `/${active()?.dataset.name}`)) take(active());
    else return false;
    return true;
  };
  const composerKey = (event) => {
    if (event.isComposing) return false;
    if (!$("commands").hidden && menuKey(event)) return true;
    if (event.key === "Enter" && !event.shiftKey) {
      if ($("text").value.trim()) $("composer").requestSubmit();
    } else if (event.key === "Escape" && $("leave")) $("leave").click();
    else if (event.key === "ArrowUp" && !$("text").value) [...document.querySelectorAll(".turn .edit")].pop()?.click();
    else return false;
    return true;
  };
  const pageKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || kept("single-keys") === "off") return false;
    if (event.key === "?") $("shortcuts").showModal();
    else if (event.key === "n") $("new").click();
    else if (event.key === "/") { $("text").focus(); if (!$("text").value) write("/"); }
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog, [popover]:popover-open");
    if (event.target.id === "text" ? composerKey(event) : !typing && pageKey(event)) event.preventDefault();
  });
  document.addEventListener("input", (event) => { if (event.target.id === "text") { grow(); menu(); } });

  // Forms come open, for browsers without scripts; with them they are modal, and gone once they are closed.
  function openForms() {
    for (const dialog of document.querySelectorAll("dialog[data-modal]:not(:modal)")) {
      dialog.removeAttribute("open");
      dialog.showModal();
    }
  }
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
    const code = button.dataset.copy === "code";
    const from = code ? button.closest("figure").querySelector("code").textContent : button.parentNode.querySelector(".source").value;
    const done = await copied(from);
    tell(done ? words.copied : words.copyFailed);
    button.classList.toggle("done", done);
    setTimeout(() => button.classList.remove("done"), 1500);
  };
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("#commands li")) take(at("#commands li"));
    if (at("#keys")) $("shortcuts").showModal();
    if (at("[data-close]")) { event.preventDefault(); at("dialog").close(); }
    if (event.target.matches("dialog")) event.target.close();
    if (at("#theme")) {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const theme = (root.dataset.theme ?? (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
      root.dataset.theme = theme;
      kept("theme", theme === (dark ? "dark" : "light") ? null : theme);
    }
  });
  $("single-keys").checked = kept("single-keys") !== "off";
  $("single-keys").addEventListener("change", (event) => kept("single-keys", event.target.checked ? null : "off"));
  openForms();
  grow();
  toEnd();
})();
