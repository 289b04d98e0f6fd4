"""Every page that a module declares opens without a fault, at a desk and on a dark phone.

The content policy stops nothing on it, and axe-core finds nothing serious in one of both looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from apps.backoffice.site import site
from apps.kernel.admin.deleted_rows import has_trash
from apps.kernel.admin.registration import OWN_PAGES
from tests.auth.factories import reading_in
from tests.backoffice.currencies import make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.browser.watching import stopped, violations, watched
from tests.support.scopes import House

# Own pages that stand for one record, which their address names; the tests of their modules look at them.
OF_ONE_RECORD = frozenset(
    {
        "catalog_price_explained",
        "catalog_price_grid",
        "customers_access",
        "customers_calendar_move",
        "customers_company_access",
        "customers_deal_access",
        "customers_consents",
        "customers_deal_demands",
    }
)
pytestmark = [pytest.mark.browser, pytest.mark.committed]


def addresses(house: House) -> Iterator[tuple[str, str]]:
    """Names and addresses: own pages; each page's list, its form for a new record, and those of its first record."""
    for declared, _view in OWN_PAGES.values():
        if declared.name not in OF_ONE_RECORD:
            yield declared.name, reverse(f"admin:{declared.name}")
    for model, page in site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield name, reverse(f"admin:{name}_changelist")
        opening: Any = page
        if opening.create_command is not None:
            yield f"{name}-add", reverse(f"admin:{name}_add")
        if has_trash(page):
            yield f"{name}-deleted", reverse(f"admin:{name}_deleted")
        with reading_in(house):
            first = model._default_manager.values_list("pk", flat=True).first()
        if first is not None:
            yield from addresses_of(opening, name, first)


def addresses_of(page: Any, name: str, record_id: Any) -> Iterator[tuple[str, str]]:
    """Names and addresses of one record's pages."""
    yield f"{name}-change", reverse(f"admin:{name}_change", args=[record_id])
    if getattr(page.model, "audited", False):
        yield f"{name}-timeline", reverse(f"admin:{name}_timeline", args=[record_id])
    if page.opts.label != "kernel.Action":
        yield f"{name}-history", reverse(f"admin:{name}_history", args=[record_id])
    if page.delete_command is not None:
        yield f"{name}-delete", reverse(f"admin:{name}_delete", args=[record_id])


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_every_declared_page(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    make_currency(house)
    seat, faults = desk("*"), list[str]()
    page = watched(seat, size=size, dark=dark)
    for turn, (name, address) in enumerate(addresses(house), start=int(dark)):
        answer = page.goto(address)
        shoot(page, f"real-{name}-{request.node.callspec.id}")
        if answer is None or answer.status not in {200, 403}:
            faults.append(f"{name}: status {answer.status if answer else 'none'}")
        faults += [*faults_of(page, name), *(f"{name}: {item}" for item in stopped(page))]
        faults += violations(page, name) if turn % 2 else []
    assert not faults, "\n".join(faults)
    assert [item for item in seat.complaints if "40" not in item] == []
