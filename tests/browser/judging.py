"""What a page must be for everybody: names for controls, contrast, no sideways scrolling, one h1, unique ids."""

from __future__ import annotations

from playwright.sync_api import Page

CONTROLS = """
() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], summary')]
  .filter(item => item.checkVisibility({visibilityProperty: true}))
  .filter(item => {
    const labels = item.labels ? [...item.labels].map(label => label.textContent.trim()).join('') : '';
    const named = (item.getAttribute('aria-labelledby') || '').split(' ')
      .map(id => document.getElementById(id)?.textContent.trim() || '').join('');
    return !(item.getAttribute('aria-label') || named || labels || item.textContent.trim() || item.title
      || (item.type === 'submit' && item.value) || item.querySelector('img[alt]'));
  })
  .map(item => item.outerHTML.slice(0, 160))
"""
DOUBLE_IDS = """
() => { const seen = new Set(), twice = new Set();
  for (const item of document.querySelectorAll('[id]')) { (seen.has(item.id) ? twice : seen).add(item.id); }
  return [...twice]; }
"""
MOUSE_ONLY = """
() => [...document.querySelectorAll('[x-on\\\\:click], [onclick]')]
  .filter(item => item.checkVisibility({visibilityProperty: true}))
  .filter(item => !item.matches('a[href], button, input, select, summary, label, [tabindex]'))
  .filter(item => item.id !== 'changelist-filter-close')
  .map(item => item.outerHTML.slice(0, 160))
"""
CONTRAST = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = text => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const over = (top, under) => top.slice(0, 3).map((value, n) => value * top[3] + under[n] * (1 - top[3]));
  const light = color => { const [r, g, b] = color.map(value => { value /= 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = item => { const layers = [];
    for (let at = item; at; at = at.parentElement) { layers.push(rgba(getComputedStyle(at).backgroundColor));
      if (layers.at(-1)[3] === 1) { break; } }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]); };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), item = walker.currentNode.parentElement;
    if (!text || !item.checkVisibility({visibilityProperty: true, opacityProperty: true})) { continue; }
    if (item.closest('script, style, option, [aria-hidden=true], .sr-only, :disabled, .ag-skip')) { continue; }
    const style = getComputedStyle(item), under = ground(item), color = over(rgba(style.color), under);
    const [one, two] = [light(color), light(under)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      bad.push(`${ratio.toFixed(2)} ${text.slice(0, 40)} ${style.color} ${item.className}`); }
  }
  return bad;
}
"""


def faults_of(page: Page, name: str) -> list[str]:
    """What is wrong with the page, one sentence for each fault; empty when all is well."""
    width = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    found = {
        "controls without name": page.evaluate(CONTROLS),
        "ids twice": page.evaluate(DOUBLE_IDS),
        "for the mouse only": page.evaluate(MOUSE_ONLY),
        "contrast": page.evaluate(CONTRAST),
        "scrolls sideways": [] if width[0] <= width[1] else [str(width)],
        "headings of first level": [] if page.locator("h1").count() == 1 else [str(page.locator("h1").count())],
        "language": [] if page.locator("html").get_attribute("lang") else ["no lang"],
    }
    return [f"{name}: {kind}: {item}" for kind, items in found.items() for item in items]
