"""Pages of currencies with the example installed, in a real browser: usable, readable, and quiet."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from apps.example.services import save_stance
from apps.kernel.tenancy.scope import using_scope
from tests.backoffice.currencies import LIST, change_url, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, chromium, desk, server, shoot
from tests.browser.judging import faults_of
from tests.example.installed.factories import make_reminder
from tests.support.scopes import House

__all__ = ["chromium", "desk", "server"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.committed]


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"])
def test_pages_of_currencies_stay_usable(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    make_currency(house, "USD", is_base=True)
    euro = make_currency(house, "EUR")
    with using_scope(house.scope()):
        save_stance(euro.pk, attitude="careful", ceiling=Decimal(1000), remark="Ask the treasurer.")
    make_reminder(house, title="Look at its rate", currency_id=euro.pk)
    alice, look = desk("*"), request.node.callspec.id
    page, faults = alice.page(size=size, dark=dark), list[str]()
    for name, address in {"list": LIST, "change": change_url(euro), "start": "/backend/"}.items():
        page.goto(address)
        shoot(page, f"example-{name}-{look}")
        faults += faults_of(page, name)
    page.goto(change_url(euro))
    assert page.locator("[name=example__ceiling]").is_visible()
    page.select_option("[name=example__attitude]", "closed")
    assert not page.locator("[name=example__ceiling]").is_visible()
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []
