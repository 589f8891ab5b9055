// The message box: what is sent, the command menu, and its keys.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const on = (name, act) => document.body.addEventListener(name, (event) => {
    if (event.target.id === "composer") act(event);
  }, true);
  const write = (value) => { $("text").value = value; changed(); };
  const changed = () => { grow(); menu(); };
  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    $("text").style.height = "auto";
    $("text").style.height = `${$("text").scrollHeight}px`;
  };

  // What is sent leaves the box at once, waits for its turn, and comes back where it could not be sent.
  let outbox = [];
  on("submit", (event) => {
    const text = $("text").value;
    if (text.trim()) { outbox.push(text); write(""); }
    else { event.preventDefault(); event.stopImmediatePropagation(); }
  });
  on("htmx:configRequest", (event) => {
    if (outbox.length) event.detail.formData.set("text", outbox[0]);
    else event.preventDefault();
  });
  on("htmx:afterRequest", (event) => {
    if (event.detail.successful) { outbox.shift(); return; }
    write([...outbox, $("text").value].filter(Boolean).join("\n"));
    outbox = [];
    if (!event.detail.xhr.status) $("problem").textContent = document.body.dataset.unsent;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (["mode", "composer"].includes(event.detail.target?.id)) { $("text").focus(); grow(); }
  });

  // The command menu: commands that begin with what stands behind the slash.
  const shown = () => [...$("commands").children].filter((option) => !option.hidden);
  const chosen = () => $("commands").querySelector("[aria-selected=true]");
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) $("text").setAttribute("aria-activedescendant", option.id);
    else $("text").removeAttribute("aria-activedescendant");
  };
  const menu = () => {
    const typed = $("text").value.match(/^\/([\w-]*)$/)?.[1].toLowerCase();
    for (const option of $("commands").children) {
      option.hidden = typed === undefined || !option.dataset.name.startsWith(typed);
    }
    $("commands").hidden = !shown().length;
    choose(shown()[0]);
  };
  const take = (option) => { write(`/${option.dataset.name} `); $("text").focus(); };
  const step = (by) => {
    const options = shown();
    choose(options[(options.indexOf(chosen()) + by + options.length) % options.length]);
  };
  const menuKeys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Escape: () => { $("commands").hidden = true; choose(null); },
    Tab: () => take(chosen()),
    Enter: () => ($("text").value === `/${chosen().dataset.name}` ? $("composer").requestSubmit() : take(chosen())),
  };
  const key = (event) => {
    if (!$("commands").hidden && event.key in menuKeys) menuKeys[event.key]();
    else if (event.key === "Enter") $("composer").requestSubmit();
    else if (event.key === "Escape" && $("leave")) $("leave").click();
    else if (event.key === "Escape") $("text").blur();
    else if (event.key === "ArrowUp" && !$("text").value) [...document.querySelectorAll(".turn .edit")].pop()?.click();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && !event.isComposing && !event.shiftKey) key(event);
  });
  document.addEventListener("input", (event) => { if (event.target.id === "text") changed(); });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#commands li, .there [data-name]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  changed();
})();
