"""Figures: the same numbers as reckoned in plain Python, whatever the zone; who may ask; money; drill-through."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.dashboards.contracts import Answer, Question
from apps.dashboards.selectors.answering import answer
from apps.kernel.extensions.periods import GRANULARITIES, Period, start_of
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.backoffice.currencies import make_currency
from tests.dashboards.factories import FIGURES_AT, book_figures, in_zone, period
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.books import make_books
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book

ENTITY = "shelf.book"
# Zones whose clocks are changed at night, at midnight, by half an hour, never; and one that once left out a day.
ZONES = (
    "UTC",
    "Europe/Warsaw",
    "America/New_York",
    "America/Havana",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
)
NEAR_CHANGES = (
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2024, 3, 10, 5, tzinfo=UTC),
    datetime(2024, 11, 3, 5, tzinfo=UTC),
    datetime(2024, 4, 25, 22, tzinfo=UTC),
    datetime(2024, 10, 31, 21, tzinfo=UTC),
    datetime(2017, 10, 15, 3, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2024, 1, 1, tzinfo=UTC),
)


def books_near(change: datetime) -> st.SearchStrategy[list[tuple[datetime, int, Decimal, str]]]:
    """When they were made, their pages, prices and kinds: within two days of a change of clocks."""
    moments = st.builds(lambda minutes: change + timedelta(minutes=minutes), st.integers(-3_000, 3_000))
    prices, kinds = st.decimals(0, 9_999, places=4), st.sampled_from(["novel", "atlas"])
    return st.lists(st.tuples(moments, st.integers(0, 500), prices, kinds), min_size=5, max_size=25)


def ask(house: House, days: Period, **question: Any) -> Answer:
    """What figures of books are, for somebody who sees the whole house."""
    with using_scope(house.scope()), scoped_transaction():
        return answer(Question(ENTITY, **question), days)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_figures_are_those_of_plain_python(house: House, data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    cut = data.draw(st.sampled_from(GRANULARITIES))
    change = data.draw(st.sampled_from(NEAR_CHANGES))
    start, end = (change.date() + timedelta(days=data.draw(st.integers(*span))) for span in ((-4, 0), (0, 4)))
    rows = data.draw(books_near(change))
    with seeding(house.scope()):
        Book.objects.all().delete()
    make_books(house, *({"created_at": at, "pages": n, "price": p, "kind": k} for at, n, p, k in rows))
    days = Period(start, end, ZoneInfo(zone))
    inside = [row for row in rows if start <= row[0].astimezone(ZoneInfo(zone)).date() <= end]
    counted = Counter(start_of(row[0].astimezone(ZoneInfo(zone)).date(), cut) for row in inside)
    with book_figures():
        by_time = ask(house, days, group_by="created_at", granularity=cut)
        by_kind = ask(house, days, group_by="kind", aggregate="sum", measure="price")
        least = ask(house, days, aggregate="min", measure="pages")
        mean = ask(house, days, aggregate="avg", measure="pages")
    assert {figure.key: figure.value for figure in by_time.figures if figure.value} == dict(counted)
    assert [figure.key for figure in by_time.figures] == sorted({start_of(day, cut) for day in every(start, end)})
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in inside:
        sums[row[3]] += row[2]
    assert {figure.key: figure.value for figure in by_kind.figures} == dict(sums)
    assert least.figures[0].value == (min(row[1] for row in inside) if inside else None)
    exact = Decimal(sum(row[1] for row in inside)) / len(inside) if inside else None
    found = mean.figures[0].value
    assert (found is None) is (exact is None)
    assert exact is None or found is None or abs(found - exact) < Decimal("1e-9")


def every(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


@pytest.mark.django_db
def test_the_former_period_stands_beside_this_one(house: House) -> None:
    moments = ["2024-05-01", "2024-05-02", "2024-05-02", "2024-04-02", "2023-05-01"]
    make_books(house, *({"created_at": f"{day}T10:00:00Z"} for day in moments))
    days = period("2024-05-01", "2024-05-03", preset="this_month")
    with book_figures():
        whole = ask(house, days, comparison="previous_period")
        daily = ask(house, days, group_by="created_at", granularity="day", comparison="previous_period")
        yearly = ask(house, days, group_by="kind", comparison="previous_year")
    assert [(figure.value, figure.previous) for figure in whole.figures] == [(3, 1)]
    assert whole.compared == (date(2024, 4, 1), date(2024, 4, 3))
    assert [(figure.value, figure.previous) for figure in daily.figures] == [(1, 0), (2, 1), (0, 0)]
    assert [(figure.key, figure.value, figure.previous) for figure in yearly.figures] == [("novel", 3, 1)]


@pytest.mark.django_db
def test_amounts_of_several_currencies_are_never_added_up(house: House) -> None:
    euro, zloty = make_currency(house, code="EUR"), make_currency(house, code="PLN")
    prices = [(euro, "10.50"), (euro, "4.50"), (zloty, "100"), (None, "7")]
    make_books(
        house,
        *(
            {"price": price, "currency_id": money.pk if money else None, "created_at": "2024-05-01T10:00:00Z"}
            for money, price in prices
        ),
    )
    with book_figures(money={"price": "currency_id"}):
        whole = ask(house, period("2024-05-01", "2024-05-01"), aggregate="sum", measure="price")
        by_kind = ask(house, period("2024-05-01", "2024-05-01"), aggregate="sum", measure="price", group_by="kind")
        counted = ask(house, period("2024-05-01", "2024-05-01"))
    expected = {"PLN": Decimal(100), "EUR": Decimal(15), "": Decimal(7)}
    assert {figure.currency[:3]: figure.value for figure in whole.figures} == expected
    assert {figure.currency[:3]: figure.value for figure in by_kind.figures} == expected
    assert [figure.value for figure in counted.figures] == [4]


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "dashboards.*", "shelf.*", name="Alice"), organization=house.root)


def question(**changes: Any) -> dict[str, Any]:
    return {"entity": ENTITY, "period": "custom", "start": "2024-05-01", "end": "2024-05-31", **changes}


@pytest.mark.django_db
def test_conditions_are_those_of_lists(house: House, alice: Client) -> None:
    make_books(house, *({"pages": pages, "created_at": "2024-05-02T10:00:00Z"} for pages in (10, 20, 30)))
    wanted = {"field": "pages", "operator": ">=", "value": 20}
    with book_figures():
        answer = send(alice, "post", FIGURES_AT, question(filter=wanted))
        bad = send(alice, "post", FIGURES_AT, question(filter={"field": "notes", "operator": "=", "value": "x"}))
        worse = send(alice, "post", FIGURES_AT, question(filter={"field": "pages", "operator": "~", "value": 1}))
    assert [item["value"] for item in answer.json()["results"]] == ["2"]
    assert [(found.status_code, found.json()["code"]) for found in (bad, worse)] == [(400, "kernel.invalid")] * 2
    assert all(item["field"].startswith("filter") for found in (bad, worse) for item in found.json()["errors"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"entity": "auth.user"}, {"entity"}),
        ({"entity": "nothing.there"}, {"entity"}),
        ({"aggregate": "sum"}, {"field"}),
        ({"aggregate": "sum", "field": "notes"}, {"field"}),
        ({"aggregate": "median"}, {"aggregate"}),
        ({"group_by": "code", "date": "updated_at"}, {"group_by", "date"}),
        ({"limit": 101, "granularity": "hour", "comparison": "ever"}, {"limit", "granularity", "comparison"}),
        ({"start": "2024-06-01"}, {"start"}),
        ({"start": "1024-06-01"}, {"start"}),
        ({"end": "2024-02-30"}, {"end"}),
        ({"period": "last_month"}, {"start", "end"}),
        ({"colour": "red"}, {"colour"}),
        ({"start": "2024-01-01", "end": "2024-12-31", "group_by": "created_at", "granularity": "day"}, {"granularity"}),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(alice: Client, changes: dict[str, Any], wrong: set[str]) -> None:
    with book_figures():
        answer = send(alice, "post", FIGURES_AT, question(**changes))
    assert (answer.status_code, set(complaints(answer))) == (400, wrong), answer.content


@pytest.mark.django_db
def test_figures_are_of_what_the_caller_sees(house: House, other_house: House) -> None:
    make_books(
        house, {"created_at": "2024-05-02T10:00:00Z"}, {"created_at": "2024-05-02T10:00:00Z", "is_restricted": True}
    )
    make_books(house, {"code": "N", "created_at": "2024-05-02T10:00:00Z"}, organization=house.north)
    make_books(other_house, {"created_at": "2024-05-02T10:00:00Z"})
    north = client_of(member(house, "dashboards.*", "shelf.*", only=(house.north,)), organization=house.north)
    whole = client_of(member(house, "dashboards.*", "shelf.*"), organization=house.root)
    stranger = client_of(member(house, "dashboards.*"), organization=house.root)
    with book_figures():
        counts = [
            send(caller, "post", FIGURES_AT, question()).json()["results"][0]["value"] for caller in (north, whole)
        ]
        refused = send(stranger, "post", FIGURES_AT, question())
    assert counts == ["1", "2"]
    assert (refused.status_code, complaints(refused)) == (400, {"entity": "dashboards.figures.unavailable"})


@pytest.mark.django_db
def test_days_are_those_of_the_tenant(house: House, alice: Client) -> None:
    in_zone(house, "Asia/Tokyo")
    make_books(house, {"created_at": "2024-04-30T15:30:00Z"}, {"created_at": "2024-05-31T15:30:00Z"})
    with book_figures():
        answer = send(alice, "post", FIGURES_AT, question(group_by="created_at", granularity="day"))
    assert [(item["key"], item["value"]) for item in answer.json()["results"] if item["value"] != "0"] == [
        ("2024-05-01", "1")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("group", "condition"),
    [
        ("kind", None),
        ("is_lent", {"field": "pages", "operator": ">=", "value": 2}),
        ("currency_id", None),
        ("created_at", {"and": [{"field": "kind", "operator": "=", "value": "novel"}]}),
        ("published_on", None),
    ],
)
def test_a_figure_leads_to_the_list_of_what_it_counts(
    house: House, alice: Client, group: str, condition: dict[str, Any] | None
) -> None:
    in_zone(house, "Europe/Warsaw")
    money = make_currency(house, code="EUR")
    make_books(
        house,
        *(
            {
                "pages": number,
                "kind": "novel" if number % 3 else "atlas",
                "is_lent": number % 2 == 0,
                "currency_id": money.pk if number % 2 else None,
                "created_at": f"2024-05-{number + 1:02}T22:30:00Z",
                "published_on": f"2024-05-{number % 4 + 1:02}",
            }
            for number in range(6)
        ),
    )
    with book_figures():
        found = send(
            alice, "post", FIGURES_AT, question(group_by=group, **({"filter": condition} if condition else {}))
        )
    results = [item for item in found.json()["results"] if item["value"] != "0"]
    assert sum(int(item["value"]) for item in results) > 3
    for item in (*results, {**found.json(), "value": str(sum(int(item["value"]) for item in results))}):
        page = alice.get(item["link"])
        assert page.status_code == 200, item["link"]
        assert str(page.context["cl"].result_count) == item["value"], item["link"]


@pytest.mark.django_db
def test_what_the_list_cannot_show_exactly_has_no_link(house: House, alice: Client) -> None:
    either = {
        "or": [{"field": "pages", "operator": "=", "value": 1}, {"field": "kind", "operator": "=", "value": "atlas"}]
    }
    make_books(house, {"pages": 1, "created_at": "2024-05-02T10:00:00Z"})
    with book_figures():
        found = send(alice, "post", FIGURES_AT, question(filter=either)).json()
    assert (found["link"], found["results"][0]["link"], found["results"][0]["value"]) == ("", "", "1")
