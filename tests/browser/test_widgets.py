"""Pages with a widget in every spot: usable and readable at both sizes and in both colours."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.kernel.extensions.placements import Placement
from apps.kernel.extensions.spots import SPOTS, WIDGETS, Place, Widget
from tests.backoffice.currencies import LIST, change_url, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.kernel.extensions_probes import declared
from tests.kernel.loans import lending
from tests.support.scopes import House, reading
from tests.support.shelf.models import Loan

pytestmark = [pytest.mark.browser, pytest.mark.committed]


def in_every_spot() -> list[Widget]:
    def context(place: Place) -> dict[Any, Any]:
        return (
            {pk: {"who": "cell"} for pk in place.ids}
            if place.spot.endswith(("columns", "row-actions"))
            else {"who": place.spot}
        )

    names = {spot: spot.translate(str.maketrans(":*.", "-a-")) for spot in SPOTS}
    return [Widget(f"probes.{name}", spot, "shelf/probe.html", context, title="Added") for spot, name in names.items()]


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


SIZES = pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"])


@SIZES
def test_added_fields_come_and_go_with_the_values_of_others(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page, faults = alice.page(size=size, dark=dark), list[str]()
    with lending():
        page.goto("/backend/shelf/book/add/")
        fee, due = page.locator("[name=loans__fee]"), page.locator("[name=loans__due_on]")
        assert (fee.is_visible(), due.is_visible()) == (False, False)
        shoot(page, f"added-{look}")
        faults += faults_of(page, "added")
        page.select_option("[name=loans__way]", "post")
        page.locator("[name=is_lent]").check(force=True)
        assert (fee.is_visible(), due.is_visible()) == (True, True)
        page.select_option("[name=loans__way]", "desk")
        assert not fee.is_visible()
        page.select_option("[name=loans__way]", "post")
        page.fill("[name=title]", "Dune")
        with page.expect_navigation():
            page.locator("button[name=_save], input[name=_save]").first.click()
        shoot(page, f"added-refused-{look}")
        faults += faults_of(page, "refused")
        assert page.locator(".errorlist, ul.errorlist").count() >= 2  # the code, and the fee that the way demands
        page.fill("[name=code]", "D1")
        page.fill("[name=loans__fee]", "2.5")
        page.fill("[name=loans__reader]", "Ada")
        with page.expect_navigation():
            page.locator("button[name=_save], input[name=_save]").first.click()
        shoot(page, f"added-saved-{look}")
    assert not faults, "\n".join(faults)
    with reading(house.scope()):
        assert list(Loan.objects.values_list("reader", "fee")) == [("Ada", Decimal("2.5"))]
    assert [item for item in alice.complaints if "404" not in item] == []


def placed() -> list[Widget]:
    spot = "backend:dashboard:header"
    kinds = {
        "facts": Placement("group", "facts", "Facts", "What other modules know."),
        "more-facts": Placement("group", "facts", column=2),
        "first": Placement("tab", "views", "Views"),
        "second": Placement("tab", "views"),
        "left": Placement("column"),
        "right": Placement("column", column=2),
        "row": Placement("row-action"),
        "tools": Placement("menu", "tools", "Tools"),
    }
    return [
        Widget(f"probes.{name}", spot, "shelf/probe.html", lambda place: {"who": "Words"}, name.title(), placement=kind)
        for name, kind in kinds.items()
    ]


@SIZES
def test_placements_work_by_keyboard(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page, faults = alice.page(size=size, dark=dark), list[str]()
    with declared(WIDGETS, *placed()):
        page.goto("/backend/")
        first, second = page.get_by_role("tab", name="First"), page.get_by_role("tab", name="Second")
        assert first.get_attribute("aria-selected") == "true"
        first.focus()
        page.keyboard.press("ArrowRight")
        assert (second.get_attribute("aria-selected"), page.get_by_role("tabpanel").count()) == ("true", 1)
        page.locator("details.ag-placed__menu > summary").focus()
        page.keyboard.press("Enter")
        assert page.locator("[data-widget='probes.tools']").is_visible()
        shoot(page, f"placed-{look}")
        faults += faults_of(page, "placed")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []
