"""Widgets of deals and customers on dashboards, and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.customers.models import Deal
from apps.kernel import clock
from apps.kernel.extensions.dashboards import DASHBOARD_WIDGETS, ChartData, ListData, NumberData
from apps.kernel.extensions.periods import Period
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_company, make_person
from tests.customers.pipelines import at, deal_of, make_pipeline, priced, store
from tests.dashboards.factories import period
from tests.support.scopes import House

MAY = period("2026-05-01", "2026-05-31", "Europe/Warsaw")
Shown = Callable[..., Any]


@pytest.fixture
def shown(house: House) -> Shown:
    def show(widget: str, during: Period = MAY, **settings: Any) -> Any:
        declared = DASHBOARD_WIDGETS[widget]
        given = {item.name: item.default for item in declared.settings} | settings
        with clock.frozen(at("2026-05-20T12:00")), using_scope(house.scope(house.north)), scoped_transaction():
            return declared.data(given, during), declared.drill_through(given, during)

    return show


@pytest.fixture
def alice(house: House) -> Client:
    role = make_role(house, "customers.*")
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


def listed(client: Client, address: str) -> set[str]:
    """Titles of the deals that the list behind the address shows."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return {row.title for row in answer.context["cl"].result_list if isinstance(row, Deal)}


def test_new_customers_are_people_and_companies(shown: Shown, house: House) -> None:
    make_person(house, created_at=at("2026-05-31T21:59:59"))
    make_person(house, "Grace Hopper", created_at=at("2026-05-31T22:00"))
    make_company(house, created_at=at("2026-04-30T22:00"))
    make_company(house, "Mills", created_at=at("2026-04-30T21:59"))
    data, _link = shown("customers.new_customers")
    assert isinstance(data, NumberData)
    assert (data.value, data.previous, [number for _name, number, _unit in data.more]) == (2, 1, [1, 1])


def test_new_deals_and_the_list_of_them(shown: Shown, alice: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    days = ("2026-05-01T12:00", "2026-05-31T21:59:59.999999", "2026-06-01T12:00", "2026-04-15T12:00")
    store(house, *(deal_of(lead, f"Deal {n}", value=10, created_at=at(day)) for n, day in enumerate(days)))
    data, link = shown("customers.new_deals")
    assert (data.value, data.previous, [number for _name, number, _unit in data.more]) == (2, 1, [20])
    assert listed(alice, link) == {"Deal 0", "Deal 1"}


def test_new_deals_say_what_their_worth_leaves_out(shown: Shown, house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    day = {"created_at": at("2026-05-02T12:00")}
    store(house, *(deal_of(lead, f"Deal {number}", value=10, **day) for number in range(2)))
    store(house, deal_of(lead, "Shed", **priced(Decimal(9), "CHF", rate=None), **day))
    data, _link = shown("customers.new_deals")
    assert (data.value, data.more) == (3, (("worth (without CHF: no rate)", 20, "EUR"),))


def test_the_pipeline_by_stage_leads_to_its_deals(shown: Shown, alice: Client, house: House) -> None:
    lead, offer, _talks = make_pipeline(house, name="Sales")
    store(house, deal_of(lead, "Mill", value=100), deal_of(offer, "Shed", **priced(Decimal(1), "CHF", rate=None)))
    store(house, deal_of(lead, "Won", value=7, outcome="won", closed_at=at("2026-05-02T12:00")))
    data, link = shown("customers.pipeline_by_stage", pipeline=str(lead.pipeline_id))
    assert isinstance(data, ChartData)
    assert (list(data.labels), data.unit) == (["Lead", "Offer", "Talks"], "EUR")
    assert [list(series.values) for series in data.series] == [[100, 0, 0], [10, 0, 0]]
    assert data.series[0].name == "Value (without CHF: no rate)"
    assert [listed(alice, address) for address in data.links] == [{"Mill"}, {"Shed"}, set()]
    assert alice.get(link).context["pipeline"].name == "Sales"
    [alone] = make_pipeline(house, ("Alone", 1), name="Other")
    assert list(shown("customers.pipeline_by_stage")[0].labels) == ["Sales: Lead", "Sales: Offer", "Sales: Talks"]
    store(house, deal_of(alone, "Hut", value=1))
    assert "Other: Alone" in shown("customers.pipeline_by_stage")[0].labels


def test_what_was_won_by_month_and_how_often(shown: Shown, alice: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    ends = (
        ("Mill", "won", "2026-05-02T12:00"),
        ("Shed", "lost", "2026-05-03T12:00"),
        ("Barn", "won", "2026-04-03T12:00"),
    )
    store(house, *(deal_of(lead, title, value=5, outcome=how, closed_at=at(when)) for title, how, when in ends))
    data, link = shown("customers.won_by_month")
    assert list(data.series[0].values) == [0, 0, 0, 0, 5, 5]
    assert (data.labels[-1], listed(alice, link)) == ("May 2026", {"Mill"})
    rate, _link = shown("customers.win_rate")
    assert (rate.value, rate.previous, rate.unit) == (Decimal("50.0"), Decimal("100.0"), "%")
    assert shown("customers.win_rate", period("2020-01-01", "2020-01-31"))[0].value is None


def test_deals_that_need_attention_come_by_worth(shown: Shown, alice: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house, stale_after_days=5)
    late, fresh = {"expected_close_on": "2026-05-19"}, {"stage_since": at("2026-05-19T12:00")}
    store(
        house,
        deal_of(lead, "Stale", value=5, stage_since=at("2026-05-01T12:00")),
        deal_of(lead, "Late", value=9, **late, **fresh),
        deal_of(lead, "Worthless", **late, **fresh),
        deal_of(lead, "Well", value=99, **fresh),
    )
    data, link = shown("customers.attention")
    assert isinstance(data, ListData)
    assert [(entry.text, entry.tone) for entry in data.entries] == [
        ("Late", "danger"),
        ("Stale", "warning"),
        ("Worthless", "danger"),
    ]
    assert len(shown("customers.attention", limit=1)[0].entries) == 1
    with clock.frozen(at("2026-05-20T12:00")):
        assert listed(alice, link) == {"Late", "Stale", "Worthless"}
