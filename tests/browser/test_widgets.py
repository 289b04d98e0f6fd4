"""Pages with a widget in every spot: usable and readable at both sizes and in both colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.kernel.extensions.spots import SPOTS, WIDGETS, Place, Widget
from tests.backoffice.currencies import LIST, change_url, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]


def in_every_spot() -> list[Widget]:
    def context(place: Place) -> dict[Any, Any]:
        return {pk: {"who": "cell"} for pk in place.ids} if place.spot.endswith("columns") else {"who": place.spot}

    return [
        Widget(f"probes.{spot.replace(':', '-').replace('*', 'any')}", spot, "shelf/probe.html", context, title="Added")
        for spot in SPOTS
    ]


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"])
def test_widgets_leave_pages_usable(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    euro = make_currency(house, "EUR")
    alice, look = desk("*"), request.node.callspec.id
    page, faults = alice.page(size=size, dark=dark), list[str]()
    with declared(WIDGETS, *in_every_spot()):
        for name, address in {"start": "/backend/", "list": LIST, "change": change_url(euro)}.items():
            page.goto(address)
            assert page.locator("[data-widget]").count() >= 2, name
            shoot(page, f"widgets-{name}-{look}")
            faults += faults_of(page, name)
        page.goto(f"{LIST}add/")
        page.fill("[name=code]", "x")
        with page.expect_navigation():
            page.locator("button[name=_save], input[name=_save]").first.click()
        shoot(page, f"widgets-refused-{look}")
        faults += faults_of(page, "refused")
        assert page.locator("[data-widget]").count() >= 3
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []
