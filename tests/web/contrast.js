// Says which texts (4.5:1) and icons (3:1) are too faint on what is behind them: WCAG 2.2, 1.4.3 and 1.4.11.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((value, at) => (value * a + ground[at] * (255 - a)) / 255);
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    return over(rgba(getComputedStyle(element).backgroundColor), ground(element.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const faults = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
    if (element.closest(".hidden, .skip, :disabled, noscript")) continue;
    const behind = ground(element);
    const found = ratio(over(rgba(getComputedStyle(element).color), behind), behind);
    if (found < 4.5) faults.push(`${found.toFixed(2)} ${element.className || element.tagName}: ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
  for (const button of document.querySelectorAll(":is(button, a):has(.icon):not(:disabled)")) {
    if (!button.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
    const behind = ground(button), found = ratio(over(rgba(getComputedStyle(button).color), behind), behind);
    if (found < 3) faults.push(`${found.toFixed(2)} icon of ${button.ariaLabel ?? button.textContent}`);
  }
  return faults;
}
