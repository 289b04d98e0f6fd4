"""What is watched on any page: what axe-core finds serious, and what the content policy stops."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Desk

BAD = ("serious", "critical")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RUN = """
async (levels) => {
  const answer = await axe.run(document, {resultTypes: ["violations"]});
  return answer.violations.filter((item) => levels.includes(item.impact)).flatMap((item) => item.nodes.map(
    (node) => `${item.impact} ${item.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} `
      + `${node.any[0]?.message || ""}`));
}
"""


def violations(page: Page, name: str) -> list[str]:
    """What axe calls serious or critical on the page as it stands, one sentence for each place."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, list(BAD))
    return [f"{name}: {item}" for item in found]


WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
  [event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber].join(" ")));
"""


READY = "() => window.Alpine !== undefined && document.body._x_dataStack !== undefined"


def watched(desk: Desk, **look: Any) -> Page:
    """A tab that notes what the content policy stops."""
    page = desk.page(**look)
    page.add_init_script(WATCH)
    return page


def stopped(page: Page) -> list[str]:
    """What the policy has stopped on the page, once its scripts have run."""
    if page.locator("script[src*=alpine]").count():
        page.wait_for_function(READY)
    found: list[str] = page.evaluate("() => window.violations")
    return found
