/**
 * An action for a box whose height is limited and whose font size has the factor `--fit`: sets that to the largest value
 * up to 1 with which all of its text can be seen. least: pixels, the smallest font size.
 */
export function fitText(box: HTMLElement, least: number): { destroy: () => void } {
  function fit(): void {
    changes.disconnect(); // its own changes are none
    for (let percent = 100; percent > 0; percent -= 4) {
      box.style.setProperty('--fit', String(percent / 100));
      if (box.scrollHeight <= box.clientHeight + 1) break;
      if (parseFloat(getComputedStyle(box).fontSize) * (1 - 4 / percent) < least) break;
    }
    changes.observe(box, { childList: true, characterData: true, subtree: true });
  }
  const changes = new MutationObserver(fit);
  const sizes = new ResizeObserver(fit);
  sizes.observe(box);
  fit();
  return {
    destroy() {
      changes.disconnect();
      sizes.disconnect();
    },
  };
}
