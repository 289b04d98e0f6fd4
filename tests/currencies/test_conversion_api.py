"""Rates of a day and conversions over HTTP."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from apps.currencies import services
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from tests.currencies.factories import make_currency, make_rates, quote
from tests.directory.callers import client_of, complaints, member
from tests.support.scopes import House

RATE, CONVERT = "/api/currencies/rates/on/", "/api/currencies/convert/"
PAIR = {"from_code": "EUR", "to_code": "PLN", "on": "2026-11-22"}


@pytest.fixture
def viewer(house: House) -> Client:
    make_currency(house, "PLN", is_base=True)
    make_rates(house, quote("EUR/PLN", "4.25", "2026-11-20"), quote("EUR/PLN", "4.2", "2026-11-20", "buy"))
    make_rates(house, quote("USD/PLN", "4", "2026-11-19"), source="NBP")
    return client_of(member(house, "currencies.rates.view"), organization=house.north)


def test_the_rate_of_a_day_says_how_it_came_about(viewer: Client) -> None:
    answer = viewer.get(RATE, PAIR | {"to_code": "USD"})
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "from_code": "EUR",
            "to_code": "USD",
            "on": "2026-11-22",
            "rate": "1.06250000000000",
            "effective_on": "2026-11-19",
            "source": "ECB + NBP",
            "path": [
                {
                    "from_code": "EUR",
                    "to_code": "PLN",
                    "rate": "4.25000000000000",
                    "effective_on": "2026-11-20",
                    "source": "ECB",
                    "is_inverse": False,
                },
                {
                    "from_code": "PLN",
                    "to_code": "USD",
                    "rate": "0.25000000000000",
                    "effective_on": "2026-11-19",
                    "source": "NBP",
                    "is_inverse": True,
                },
            ],
        },
    )
    assert viewer.get(RATE, {**PAIR, "kind": "buy"}).json()["rate"] == "4.20000000000000"


def test_a_conversion_shows_both_amounts(viewer: Client) -> None:
    answer = viewer.get(CONVERT, {**PAIR, "amount": "99.99"})
    assert answer.status_code == 200
    record = answer.json()
    assert (record["amount"], record["converted"], record["rate"]) == ("99.9900", "424.9575", "4.25000000000000")
    assert (record["effective_on"], record["source"], len(record["path"])) == ("2026-11-20", "ECB", 1)
    assert viewer.get(CONVERT, {**PAIR, "amount": "-1", "to_code": "EUR"}).json()["converted"] == "-1.0000"


def test_what_was_known_then_is_answered_as_it_was(viewer: Client, house: House) -> None:
    before = clock.now().isoformat()
    with using_scope(house.scope(house.north)):
        services.record_rates([quote("EUR/PLN", "4.99", "2026-11-20")], source="ECB")
    assert viewer.get(RATE, PAIR).json()["rate"] == "4.99000000000000"
    assert viewer.get(RATE, {**PAIR, "known_at": before}).json()["rate"] == "4.25000000000000"
    assert viewer.get(CONVERT, {**PAIR, "known_at": before, "amount": "2"}).json()["converted"] == "8.5000"


def test_only_named_sources_count(viewer: Client, house: House) -> None:
    make_rates(house, quote("EUR/PLN", "4.3", "2026-11-20"), source="Bank")
    assert viewer.get(RATE, {**PAIR, "sources": "Bank, ECB"}).json()["source"] == "Bank"
    answer = viewer.get(RATE, {**PAIR, "sources": "Nobody"})
    assert (answer.status_code, answer.json()["code"]) == (422, "currencies.rate.not_found")


@pytest.mark.parametrize(
    ("changes", "day"), [({"from_code": "CHF"}, "2026-11-22"), ({"on": "2999-01-01"}, "2999-01-01")]
)
def test_a_missing_rate_is_named(viewer: Client, changes: dict[str, str], day: str) -> None:
    asked = {**PAIR, **changes}
    answer = viewer.get(RATE, asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "currencies.rate.not_found")
    assert answer.json()["detail"] == f"There is no rate from {asked['from_code']} to PLN for {day}."


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"on": "Sunday"}, {"on": "invalid"}),
        ({"kind": "ask"}, {"kind": "invalid_choice"}),
        ({"known_at": "2026-11-20"}, {"known_at": "invalid"}),
        ({"from_code": "EURO"}, {"from_code": "max_length"}),
        ({"colour": "red"}, {"colour": "kernel.parameter.unknown"}),
    ],
)
def test_bad_questions_are_refused(viewer: Client, changes: dict[str, str], complaint: dict[str, str]) -> None:
    answer = viewer.get(RATE, {**PAIR, **changes})
    assert (answer.status_code, complaints(answer)) == (400, complaint)


@pytest.mark.parametrize(
    ("amount", "code"),
    [("1e999", "max_digits"), ("0.00001", "max_decimal_places"), ("NaN", "invalid"), ("9" * 16, "max_whole_digits")],
)
def test_bad_amounts_are_refused(viewer: Client, amount: str, code: str) -> None:
    answer = viewer.get(CONVERT, {**PAIR, "amount": amount})
    assert (answer.status_code, complaints(answer)) == (400, {"amount": code})


def test_an_amount_that_grows_too_large_is_refused(viewer: Client) -> None:
    answer = viewer.get(CONVERT, {**PAIR, "amount": "999999999999999"})
    assert (answer.status_code, answer.json()["code"]) == (400, "kernel.money.amount_out_of_range")


def test_questions_need_a_feature_and_an_organization(viewer: Client, house: House) -> None:
    nobody = client_of(member(house, "currencies.view"), organization=house.north)
    anywhere = client_of(member(house, "currencies.rates.view"), organization="all")
    for path, extra in ((RATE, {}), (CONVERT, {"amount": str(Decimal(1))})):
        assert nobody.get(path, {**PAIR, **extra}).json()["feature"] == "currencies.rates.view"
        assert anywhere.get(path, {**PAIR, **extra}).json()["code"] == "kernel.scope.organization_required"
