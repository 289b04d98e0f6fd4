"""The judge finds what it is there to find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.judging import faults_of

pytestmark = pytest.mark.browser
BAD = """
<!doctype html><html><body style="background:#fff">
  <h1>One</h1><h1>Two</h1>
  <input id="same"><p id="same" style="color:#bbb">pale words</p>
  <div x-on:click="open()">press me</div>
  <div style="width:3000px">wide</div>
</body></html>
"""
GOOD = """
<!doctype html><html lang="en"><body style="background:#fff;color:#222">
  <h1>One</h1><label>Name <input></label><button>Press</button>
</body></html>
"""


def test_every_kind_of_fault_is_found(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(BAD)
    kinds = {fault.split(": ")[1] for fault in faults_of(page, "bad")}
    page.close()
    assert kinds == {
        "controls without name",
        "ids twice",
        "for the mouse only",
        "contrast",
        "scrolls sideways",
        "headings of first level",
        "language",
    }


def test_a_sound_page_has_no_faults(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(GOOD)
    faults = faults_of(page, "good")
    page.close()
    assert faults == []
