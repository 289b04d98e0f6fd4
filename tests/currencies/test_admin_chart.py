"""The chart of a pair, its numbers, and the series that it draws."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.currencies.contracts import ExchangeRates, RateKind
from apps.currencies.models import Currency
from apps.currencies.selectors import Series, SeriesQuestion, series_of
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.backoffice.currencies import text_of
from tests.currencies.banks import make_currencies
from tests.currencies.factories import make_rates, quote
from tests.currencies.shown import CHART
from tests.directory.callers import client_of, member
from tests.support.scopes import House

WEEK = (date(2026, 3, 2), date(2026, 3, 8))
CUSTOM = "period=custom&start=2026-03-02&end=2026-03-08"


@pytest.fixture
def north(house: House) -> House:
    """North with euro as base and a week of rates: dollars in euro, euro in zloty, by two sources."""
    make_currencies(house)
    make_rates(
        house,
        quote("USD/EUR", "0.8", "2026-02-27"),
        quote("USD/EUR", "0.9", "2026-03-02"),
        quote("USD/EUR", "0.95", "2026-03-04"),
        quote("USD/EUR", "0.88", "2026-03-04", "buy"),
        quote("EUR/PLN", "4.2", "2026-03-02"),
    )
    make_rates(house, quote("USD/EUR", "0.91", "2026-03-03"), source="nbp")
    return house


@pytest.fixture
def viewer(north: House) -> Client:
    return client_of(member(north, "currencies.rates.view"), organization=north.north)


def series(house: House, pair: str, *, kinds: tuple[RateKind, ...] = ("mid",), sources: tuple[str, ...] = ()) -> Series:
    from_code, to_code = pair.split("/")
    question = SeriesQuestion(from_code, to_code, *WEEK, kinds=kinds, sources=sources, base="EUR")
    with using_scope(house.scope(house.north)), scoped_transaction():
        return series_of(house.north.pk, question)


def drawn(found: Series) -> dict[tuple[str, str], dict[str, str]]:
    """Kind and source of each line to day and rate."""
    return {
        (line.kind, line.source): {str(day)[8:]: f"{rate.rate.normalize():f}" for day, rate in line.rates.items()}
        for line in found.lines
    }


def test_days_without_a_rate_are_not_filled_in(north: House) -> None:
    found = series(north, "USD/EUR")
    assert drawn(found) == {("mid", ""): {"02": "0.9", "03": "0.91", "04": "0.95"}}
    assert found.sources == ("ECB", "nbp")


def test_there_is_a_line_for_each_type_and_source(north: House) -> None:
    assert drawn(series(north, "USD/EUR", kinds=("mid", "buy"), sources=("ECB", "nbp", "nobody"))) == {
        ("mid", "ECB"): {"02": "0.9", "04": "0.95"},
        ("mid", "nbp"): {"03": "0.91"},
        ("buy", "ECB"): {"04": "0.88"},
    }


def test_opposite_rates_are_turned_round_with_their_type(north: House) -> None:
    found = series(north, "EUR/USD", kinds=("mid", "sell"))
    assert drawn(found)["sell", ""] == {"04": "1.136363636364"}
    assert drawn(found)["mid", ""]["02"] == "1.111111111111"
    assert found.lines[0].rates[WEEK[0]].path[0].is_inverse


def test_crosses_lead_through_the_base_and_are_what_conversions_take(north: House) -> None:
    line = series(north, "USD/PLN").lines[0]
    assert [str(day)[8:] for day in line.rates] == ["02", "03", "04"]
    with using_scope(north.scope(north.north)), scoped_transaction():
        for day, rate in line.rates.items():
            assert service(ExchangeRates).rate_on("USD", "PLN", day) == rate
    assert line.rates[WEEK[0]].rate == Decimal("0.9") * Decimal("4.2")


def test_a_series_takes_one_query(north: House) -> None:
    question = SeriesQuestion("USD", "PLN", *WEEK, kinds=("mid", "buy", "sell"), base="EUR")
    with using_scope(north.scope(north.north)), scoped_transaction(), CaptureQueriesContext(connection) as queries:
        series_of(north.north.pk, question)
    assert len(queries) == 1


def shown_data(content: bytes) -> Any:
    found = re.search(r'<script id="cu-chart-data" type="application/json">(.*?)</script>', content.decode())
    assert found is not None
    return json.loads(found[1])


def test_the_page_has_the_numbers_for_the_script_and_for_people(viewer: Client) -> None:
    answer = viewer.get(f"{CHART}?from=USD&to=EUR&{CUSTOM}")
    data = shown_data(answer.content)
    assert data["days"] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert data["lines"] == [
        {"name": "middle", "drawn": ["0.9", "0.91", "0.95"], "shown": ["0.9000", "0.9100", "0.9500"]}
    ]
    shown = text_of(answer.content)
    assert "What 1 USD cost in EUR" in shown
    assert "4 March 2026 0.9500 3 March 2026 0.9100 2 March 2026 0.9000" in shown
    assert "+5.56" in shown


def test_only_two_queries_are_about_the_data(viewer: Client) -> None:
    address = f"{CHART}?from=USD&to=PLN&kind=mid&kind=buy&{CUSTOM}"
    viewer.get(address)
    with CaptureQueriesContext(connection) as queries:
        viewer.get(address)
    about = [item["sql"] for item in queries if '"currency"' in item["sql"] or '"exchange_rate"' in item["sql"]]
    assert len(about) == 2


def test_without_a_question_something_sensible_is_drawn(viewer: Client) -> None:
    answer = viewer.get(CHART)
    assert answer.status_code == 200
    assert '<option value="CHF" selected>' in answer.content.decode()
    assert "No rates of CHF in EUR in these days" in text_of(answer.content)


def test_where_there_are_no_rates_it_is_said_how_to_get_them(north: House, viewer: Client) -> None:
    address = f"{CHART}?from=USD&to=EUR&period=custom&start=2001-01-01&end=2001-01-31"
    assert "ask whoever manages currencies" in text_of(viewer.get(address).content)
    manager = client_of(member(north, "currencies.*"), organization=north.north)
    page = manager.get(address).content.decode()
    assert "/backend/currencies/ratefetchconfig/" in page
    assert "/backend/currencies/exchangerate/add/?from_code=USD&amp;to_code=EUR" in page


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("from=USD&to=USD", "Choose two different currencies."),
        ("from=USD&to=XXX", "XXX is not one of the available choices"),
        ("from=USD&to=EUR&period=9y", "9y is not one of the available choices"),
        ("from=USD&to=EUR&kind=middle", "middle is not one of the available choices"),
        ("from=USD&to=EUR&period=custom", "Say which day."),
        ("from=USD&to=EUR&period=custom&start=x&end=2026-01-01", "Enter a valid date."),
        ("from=USD&to=EUR&period=custom&start=2026-02-01&end=2026-01-01", "The period begins after its end."),
        ("from=USD&to=EUR&period=custom&start=1900-02-01&end=2026-01-01", "At most five years are drawn at once."),
    ],
)
def test_what_cannot_be_drawn_is_said_beside_the_field(viewer: Client, query: str, complaint: str) -> None:
    answer = viewer.get(f"{CHART}?{query}")
    assert answer.status_code == 200
    assert complaint in text_of(answer.content)
    assert "cu-chart-data" not in answer.content.decode()


@pytest.mark.parametrize("source", ["%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "x" * 500, "%00"])
def test_sources_that_are_none_do_no_harm(viewer: Client, source: str) -> None:
    answer = viewer.get(f"{CHART}?from=USD&to=EUR&{CUSTOM}&source={source}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_an_organization_has_to_be_selected(north: House) -> None:
    anywhere = client_of(member(north, "currencies.rates.view"), organization="all")
    assert anywhere.get(CHART).status_code == 422


def test_rates_of_others_are_not_drawn(north: House, other_house: House) -> None:
    make_currencies(other_house)
    charlie = client_of(member(other_house, "currencies.*"), organization=other_house.north)
    assert "No rates of USD in EUR" in text_of(charlie.get(f"{CHART}?from=USD&to=EUR&{CUSTOM}").content)
    south = client_of(member(north, "currencies.*"), organization=north.south)
    assert "A chart needs two currencies" in text_of(south.get(f"{CHART}?from=USD&to=EUR&{CUSTOM}").content)


def test_the_feature_opens_the_page(north: House) -> None:
    outsider = client_of(member(north, "currencies.view"), organization=north.north)
    assert outsider.get(CHART).status_code == 403
    assert Client().get(CHART).status_code == 302


def test_a_currency_leads_to_its_chart_in_the_base(north: House) -> None:
    manager = client_of(member(north, "currencies.*"), organization=north.north)
    with using_scope(north.scope(north.north)), scoped_transaction():
        ids = dict(Currency.objects.values_list("code", "pk"))
    page = manager.get(f"/backend/currencies/currency/{ids['USD']}/change/").content.decode()
    assert "/backend/currencies/chart/?from=USD&amp;to=EUR" in page
    assert CHART + "?" not in manager.get(f"/backend/currencies/currency/{ids['EUR']}/change/").content.decode()
