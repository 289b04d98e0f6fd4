"""What deals are worth in base currency, whom their end is told, and what is announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.customers.models import Deal
from apps.kernel import clock
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.currencies.factories import make_currency, make_rates, quote
from tests.customers.factories import DEALS, clerk, make_deal, make_pipeline, stages_in
from tests.directory.callers import complaints, send
from tests.kernel.events_probes import names
from tests.notifications.notices import notifications, only
from tests.support.scopes import House, seeding

WORTH = ("base_amount", "base_currency", "rate", "rate_date")
DAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def bob(house: House) -> Iterator[Client]:
    with clock.frozen(DAY):
        make_pipeline(house)
        yield clerk(house)


def made(bob: Client, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", DEALS, {"title": "Engines", **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def worth(record: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(record[name] for name in WORTH)


def test_the_base_amount_is_at_the_rate_of_the_day(bob: Client, house: House) -> None:
    make_currency(house, "PLN", is_base=True)
    make_rates(house, quote("EUR/PLN", "4.25", "2026-03-02"), quote("EUR/PLN", "4.5", "2026-03-10"))
    record = made(bob, value_amount="100", value_currency="EUR")
    assert worth(record) == ("425.0000", "PLN", "4.25000000000000", "2026-03-02")
    path = f"{DEALS}{record['id']}/"
    with clock.frozen(datetime(2026, 3, 11, 12, tzinfo=UTC)):
        bob = clerk(house)
        assert worth(send(bob, "patch", path, {"title": "Others"}).json()) == worth(record)
        assert worth(send(bob, "patch", path, {"value_amount": "200"}).json()) == (
            "900.0000",
            "PLN",
            "4.50000000000000",
            "2026-03-10",
        )
        emptied = send(bob, "patch", path, {"value_amount": None, "value_currency": ""}).json()
        assert worth(emptied) == (None, "", None, None)


def test_a_missing_rate_is_no_zero_and_no_refusal(bob: Client, house: House) -> None:
    make_currency(house, "PLN", is_base=True)
    record = made(bob, value_amount="100", value_currency="CHF")
    assert worth(record) == (None, "PLN", None, None)
    make_rates(house, quote("CHF/PLN", "4.60", "2026-03-03"))
    later = send(bob, "patch", f"{DEALS}{record['id']}/", {"title": "Others"}).json()
    assert worth(later) == ("460.0000", "PLN", "4.60000000000000", "2026-03-03")


def test_an_organization_without_currencies_has_no_base(bob: Client) -> None:
    assert worth(made(bob, value_amount="100", value_currency="CHF")) == (None, "", None, None)


def test_the_owner_is_told_how_a_deal_ended(bob: Client, house: House) -> None:
    owner = make_user(house, name="Olga", roles=(make_role(house, "customers.deals.view"),))
    deal = make_deal(house, title="Mill", owner_id=owner.pk, value_amount=100, value_currency="EUR")
    send(bob, "post", f"{DEALS}{deal.pk}/win/", {})
    sweep()
    told = only(house, owner)
    assert (told.type, told.title, told.source_id) == ("customers.deal_won", "Won: Mill", deal.pk)
    assert "100" in told.body
    send(bob, "post", f"{DEALS}{deal.pk}/reopen/", {})
    send(bob, "post", f"{DEALS}{deal.pk}/lose/", {})
    sweep()
    assert [row.type for row in notifications(house, owner)] == ["customers.deal_won", "customers.deal_lost"]


@pytest.mark.parametrize("feature", ["customers.people.view", "customers.deals.view"])
def test_an_owner_who_does_not_see_deals_there_is_told_nothing(bob: Client, house: House, feature: str) -> None:
    places = [house.south.pk] if feature == "customers.deals.view" else None
    owner = make_user(house, name="Olga", roles=(make_role(house, feature, organization_ids=places),))
    deal = make_deal(house, title="Mill", owner_id=owner.pk)
    assert send(bob, "post", f"{DEALS}{deal.pk}/win/", {}).status_code == 200
    sweep()
    assert notifications(house) == []


def test_a_deal_without_an_owner_tells_nobody(bob: Client, house: House) -> None:
    send(bob, "post", f"{DEALS}{make_deal(house).pk}/win/", {})
    sweep()
    assert notifications(house) == []


def test_what_happens_is_announced(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    path = f"{DEALS}{make_deal(house, pipeline).pk}/"
    send(bob, "post", f"{path}move/", {"stage_id": str(stages_in(house, pipeline)[1].pk)})
    send(bob, "post", f"{path}win/", {})
    send(bob, "post", f"{path}reopen/", {})
    send(bob, "post", f"{path}lose/", {})
    found = [name for name in names(house.scope()) if name.startswith("customers.deal.")]
    assert [name.rpartition(".")[2] for name in found] == [
        "updated",
        "stage_changed",
        "updated",
        "won",
        "updated",
        "reopened",
        "updated",
        "lost",
    ]


@pytest.mark.parametrize(("currency", "is_one"), [("XXQ", False), ("JPY", True), ("XAU", True), ("DEM", True)])
def test_a_value_is_in_a_currency_that_there_is(bob: Client, currency: str, is_one: bool) -> None:
    answer = send(bob, "post", DEALS, {"title": "Engines", "value_amount": "5", "value_currency": currency})
    assert (answer.status_code == 201) is is_one
    path = f"{DEALS}{made(bob)['id']}/"
    changed = send(bob, "patch", path, {"value_amount": "5", "value_currency": currency})
    assert (changed.status_code == 200) is is_one
    if not is_one:
        expected = {"value_currency": "kernel.money.currency_unknown"}
        assert (complaints(answer), complaints(changed)) == (expected, expected)


def test_a_deal_in_a_currency_that_there_never_was_can_still_be_changed(bob: Client, house: House) -> None:
    deal = make_deal(house, value_amount=5, value_currency="EUR")
    with seeding(house.scope()):
        Deal.objects.filter(pk=deal.pk).update(value_currency="XXQ")
    assert send(bob, "patch", f"{DEALS}{deal.pk}/", {"title": "Others"}).json()["title"] == "Others"


def test_lines_that_come_to_more_than_can_be_kept_are_refused_by_name(bob: Client) -> None:
    line = {"title": "Mill", "quantity": "99999", "unit_price": "999999999999999"}
    answer = send(bob, "post", DEALS, {"title": "Mill", "value_currency": "EUR", "lines": [line], "probability": 50})
    assert complaints(answer) == {"lines": "kernel.money.amount_out_of_range"}
    two = [{**line, "quantity": "1"}] * 2
    answer = send(bob, "post", DEALS, {"title": "Mill", "value_currency": "EUR", "lines": two})
    assert (answer.status_code, list(complaints(answer))) == (400, ["value_amount"])
