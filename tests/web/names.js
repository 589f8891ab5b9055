// Says what on the page lacks a name, a role or a place in the order of things.
() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ checkVisibilityCSS: true });
  const name = (element) => {
    const ids = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
    const labels = element.labels ? [...element.labels].map((label) => label.textContent) : [];
    return [element.getAttribute("aria-label"), ...ids.map((id) => document.getElementById(id)?.textContent),
            ...labels, element.textContent].map((text) => (text ?? "").trim()).find(Boolean);
  };
  for (const element of document.querySelectorAll("button, a, input, textarea, select, dialog, nav, section, article"))
    if (element.type !== "hidden" && shown(element) && !name(element)) faults.push(`no name: ${element.outerHTML}`);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`twice: ${id}`);
  for (const attribute of ["aria-labelledby", "aria-controls", "aria-describedby", "aria-activedescendant", "for"])
    for (const element of document.querySelectorAll(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(" "))
        if (!document.getElementById(id)) faults.push(`${attribute} leads nowhere: ${id}`);
  for (const role of ["main", "nav", "h1"])
    if (document.querySelectorAll(role).length !== 1) faults.push(`not one ${role}`);
  for (const element of document.querySelectorAll("svg:not([aria-hidden]), img:not([alt]), [tabindex]:not([tabindex='0'], [tabindex='-1'])"))
    faults.push(`unlabelled or out of order: ${element.outerHTML}`);
  let level = 0;
  for (const heading of document.querySelectorAll("h1, main :is(h2, h3, h4, h5, h6)")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`a level is skipped: ${heading.outerHTML}`);
    level = next;
  }
  for (const element of document.querySelectorAll("*"))
    if (shown(element) && /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth
        && element.tabIndex < 0 && !element.querySelector("a, button")) faults.push(`cannot be scrolled: ${element.className}`);
  return faults;
}
