"""Pages of exchange rates in a real browser: chart, converter, corrections, fetching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from apps.currencies.models import ExchangeRate, RateFetchConfig
from tests.auth.factories import reading_in
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.currencies.banks import make_currencies
from tests.currencies.shown import CHART, CONFIGS, CONVERTER, RATES, RUNS, fill
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
LOOKS = [
    pytest.param(DESKTOP, False, id="desk"),
    pytest.param(DESKTOP, True, id="desk-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]


INK = """
() => { const canvas = document.querySelector("canvas[data-chart]"), {width, height} = canvas;
  const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 128 && data[at + 2] - data[at] > 60) { count += 1; }
  }
  return count; }
"""


def pages_of(house: House) -> dict[str, str]:
    """Names and addresses, right input and wrong."""
    config = fill(house, house.root)
    with reading_in(house):
        rate = ExchangeRate.objects.order_by("-effective_on", "pk").values_list("pk", flat=True).first()
        table = RateFetchConfig.objects.get(provider="file").pk
    pair = "from=USD&to=EUR"
    return {
        "rates": RATES,
        "rates-filtered": f"{RATES}?from=USD&source=nbp&since=2020-01-01",
        "rates-wrong-day": f"{RATES}?known=yesterday",
        "rate-add": f"{RATES}add/",
        "rate": f"{RATES}{rate}/change/",
        "rate-close": f"{RATES}{rate}/delete/",
        "chart": f"{CHART}?{pair}&period=1y",
        "chart-lines": f"{CHART}?{pair}&period=3m&kind=mid&kind=buy&kind=sell&source=nbp&source=sample",
        "chart-cross": f"{CHART}?from=USD&to=GBP&period=2y",
        "chart-nothing": f"{CHART}?{pair}&period=custom&start=2001-01-01&end=2001-02-01",
        "chart-wrong": f"{CHART}?from=USD&to=USD&period=custom&start=2026-05-01&end=x",
        "converter": CONVERTER,
        "converter-cross": f"{CONVERTER}?amount=1234.56&from=USD&to=PLN&on={_friday()}&kind=mid",
        "converter-missing": f"{CONVERTER}?amount=1&from=USD&to=PLN&on=2001-01-01&kind=mid",
        "converter-wrong": f"{CONVERTER}?amount=lots&from=USD&to=XXX&on=&kind=mid",
        "configs": CONFIGS,
        "config": f"{CONFIGS}{config.pk}/change/",
        "config-table": f"{CONFIGS}{table}/change/",
        "config-providers": f"{CONFIGS}add/",
        "config-add": f"{CONFIGS}add/?provider=nbp",
        "fetch-now": f"{CONFIGS}{config.pk}/do/fetch-now/",
        "runs": RUNS,
    }


def _friday() -> str:
    return "2026-03-06"


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pages_of_rates(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("*")
    page, faults = alice.page(size=size, dark=dark), list[str]()
    for name, address in pages_of(house).items():
        answer = page.goto(address)
        shoot(page, f"rates-{name}-{request.node.callspec.id}")
        assert answer is not None
        assert answer.status == 200, name
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []


@pytest.mark.parametrize(("size", "dark"), LOOKS[::3])
def test_pages_before_there_are_rates(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("*")
    page, faults = alice.page(size=size, dark=dark), list[str]()
    for name in ("no-currencies", "no-rates"):
        if name == "no-rates":
            make_currencies(house, at=house.root)
        for address in (RATES, CHART, CONVERTER, CONFIGS, RUNS):
            page.goto(address)
            shoot(page, f"rates-{name}-{address.split('/')[3]}-{request.node.callspec.id}")
            faults += faults_of(page, f"{name} {address}")
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []


def test_the_chart_is_drawn_and_its_numbers_are_there_for_everybody(house: House, desk: Seat) -> None:
    fill(house, house.root)
    page = desk("*").page()
    page.goto(f"{CHART}?from=USD&to=EUR&kind=mid&kind=buy")
    expect(page.locator("canvas[data-chart]")).to_be_visible()
    assert page.evaluate(INK) > 500
    expect(page.locator("[data-swatch][data-drawn]")).to_have_count(2)
    numbers = page.locator("[data-chart-numbers]")
    expect(numbers.get_by_role("table")).to_be_hidden()
    numbers.locator("summary").press("Enter")
    expect(numbers.get_by_role("table")).to_be_visible()


def test_days_are_asked_for_only_where_they_count(house: House, desk: Seat) -> None:
    fill(house, house.root)
    page = desk("*").page()
    page.goto(CHART)
    expect(page.get_by_label("From day")).to_be_hidden()
    page.get_by_label("Period").select_option("custom")
    expect(page.get_by_label("From day")).to_be_visible()


def test_the_converter_works_with_the_keyboard_and_without_script(chromium: Browser, house: House, desk: Seat) -> None:
    fill(house, house.root)
    seat = desk("*")
    cookies: Any = seat.page().context.cookies()
    context = chromium.new_context(base_url=seat.server, java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(CONVERTER)
    page.get_by_label("Amount").fill("100")
    page.get_by_label("From", exact=False).first.select_option("USD")
    page.get_by_label("To", exact=False).first.select_option("EUR")
    page.get_by_label("Amount").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("100.00 USD")
    page.goto(f"{CHART}?from=USD&to=EUR")
    expect(page.get_by_role("table").last).to_be_visible()
    context.close()


def test_a_correction_is_made_and_both_values_stay(house: House, desk: Seat) -> None:
    fill(house, house.root)
    page = desk("*").page()
    page.goto(f"{RATES}?source=nbp")
    page.locator("#result_list tbody a").first.click()
    page.fill("#id_rate", "0.7777")
    page.get_by_role("button", name="Save and continue editing").click()
    values = page.locator(".cu-values tbody tr")
    expect(values).to_have_count(2)
    expect(values.first).to_contain_text("0.7777")
    expect(values.first).to_contain_text("counts today")
    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()


def test_fetching_now_shows_the_bar(house: House, desk: Seat) -> None:
    fill(house, house.root)
    page = desk("*").page()
    page.goto(CONFIGS)
    page.get_by_role("link", name="Fetch now").first.click()
    page.get_by_role("button", name="Fetch now").click()
    expect(page.get_by_role("status")).to_contain_text("The fetch has begun")
    expect(page.locator("[data-progress-strip]")).to_contain_text("Exchange rates")
