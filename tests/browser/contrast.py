"""How well words stand out from what is behind them, as WCAG reckons it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

LEAST = 4.5
_MEASURED = """all => {
  const parts = colour => colour.match(/[0-9.]+/g).map(Number);
  const light = rgb => {
    const [r, g, b] = rgb.map(one => one / 255).map(
      one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const [r, g, b, opaque = 1] = parts(getComputedStyle(one).backgroundColor);
      if (opaque === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const own = one => [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
    .map(node => node.textContent.trim()).join(" ").trim();
  return all.filter(one => one.checkVisibility() && own(one)).map(one => {
    const words = light(parts(getComputedStyle(one).color).slice(0, 3));
    const behind = light(ground(one));
    const ratio = (Math.max(words, behind) + 0.05) / (Math.min(words, behind) + 0.05);
    return [own(one), ratio];
  });
}"""


def pale(page: Page) -> list[Any]:
    """The words of quicksync's own parts of a page that are hard to read, each with its ratio."""
    measured = page.locator("[class*=qs-] :not(option)").evaluate_all(_MEASURED)
    assert measured
    return [(words, ratio) for words, ratio in measured if ratio < LEAST]
