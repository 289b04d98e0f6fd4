"""The converter: both amounts, and how the rate came about and was rounded."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.currencies.models import MissingRate
from tests.auth.factories import reading_in
from tests.backoffice.currencies import text_of
from tests.currencies.banks import make_currencies
from tests.currencies.factories import make_rates, quote
from tests.currencies.shown import CONFIGS, CONVERTER
from tests.directory.callers import client_of, member
from tests.support.scopes import House


@pytest.fixture
def north(house: House) -> House:
    """North with euro as base."""
    make_currencies(house)
    make_rates(
        house,
        quote("USD/EUR", "0.9", "2026-03-02"),
        quote("PLN/EUR", "0.3", "2026-03-03"),
        quote("USD/EUR", "0.88", "2026-03-02", "buy"),
    )
    return house


@pytest.fixture
def viewer(north: House) -> Client:
    return client_of(member(north, "currencies.rates.view"), organization=north.north)


def converted(client: Client, **changes: str) -> str:
    asked = {"amount": "100", "from": "USD", "to": "EUR", "on": "2026-03-05", "kind": "mid", **changes}
    answer = client.get(CONVERTER, asked)
    assert answer.status_code == 200
    return text_of(answer.content)


def test_an_amount_is_converted_directly(viewer: Client) -> None:
    shown = converted(viewer)
    assert "100.00 USD = is 90.00 EUR" in shown
    assert "Rate 0.9000 Day of the rate 2 March 2026 Source ECB Way direct" in shown
    assert "1 USD = 0.9000 EUR on 2 March 2026 (ECB)" in shown


def test_the_other_way_round_says_that_it_is(viewer: Client) -> None:
    shown = converted(viewer, **{"from": "EUR", "to": "PLN", "amount": "10.5"})
    assert "10.50 EUR = is 35.00 PLN" in shown
    assert "Way the other way round" in shown
    assert "recorded as PLN/EUR, so it is 1 divided by that rate" in shown
    assert "Exactly 34.9999999999965 PLN As stored: 4 places, half up 35.0000 PLN" in shown


def test_a_cross_names_every_step(viewer: Client) -> None:
    shown = converted(viewer, to="PLN", amount="1.2345")
    assert "Way through EUR" in shown
    assert "1 USD = 0.9000 EUR on 2 March 2026 (ECB) 1 EUR = 3.333333333333 PLN on 3 March 2026 (ECB)" in shown
    assert "1.2345 USD = is 3.70 PLN" in shown


def test_the_type_counts(viewer: Client) -> None:
    assert "88.00 EUR" in converted(viewer, kind="buy")


def test_a_currency_in_itself_costs_one(viewer: Client) -> None:
    assert "100.00 USD = is 100.00 USD" in converted(viewer, to="USD")


def test_without_a_question_today_and_the_base_are_proposed(viewer: Client) -> None:
    page = viewer.get(CONVERTER).content.decode()
    assert '<option value="EUR" selected>' in page
    assert 'value="100"' in page
    assert "cu-answer" not in page


def test_what_is_missing_is_said_and_looked_for(north: House, viewer: Client) -> None:
    shown = converted(viewer, on="2026-01-05")
    assert "There is no rate from USD to EUR for 2026-01-05." in shown
    with reading_in(north):
        assert MissingRate.objects.values_list("from_code", "to_code").get() == ("USD", "EUR")
    manager = client_of(member(north, "currencies.*"), organization=north.north)
    asked = {"amount": "1", "from": "USD", "to": "EUR", "on": "2026-01-05", "kind": "mid"}
    assert CONFIGS in manager.get(CONVERTER, asked).content.decode().partition("</main>")[0]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"amount": ""}, "This field is required."),
        ({"amount": "lots"}, "Enter a number."),
        ({"amount": "NaN"}, "Enter a number."),
        ({"amount": "1e999999"}, "Ensure that there are no more than"),
        ({"amount": "0.12345"}, "no more than 4 decimal places"),
        ({"amount": "999999999999999", "from": "EUR", "to": "PLN"}, "at most 15 digits before the decimal point"),
        ({"from": "XXX"}, "XXX is not one of the available choices"),
        ({"on": "tomorrow"}, "Enter a valid date."),
        ({"on": "9999-12-31"}, "There is no rate from USD to EUR"),
        ({"kind": "best"}, "best is not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(viewer: Client, changes: dict[str, str], complaint: str) -> None:
    shown = converted(viewer, **changes)
    assert complaint in shown
    assert "How it was rounded" not in shown


def test_readers_of_polish_write_commas(viewer: Client) -> None:
    viewer.cookies["django_language"] = "pl"
    asked = {"amount": "1,5", "from": "USD", "to": "EUR", "on": "2026-03-05", "kind": "mid"}
    assert "1,35 EUR" in text_of(viewer.get(CONVERTER, asked).content)


def test_the_feature_opens_the_page(north: House) -> None:
    assert client_of(member(north, "currencies.view"), organization=north.north).get(CONVERTER).status_code == 403


def test_without_currencies_the_page_says_what_to_do(north: House) -> None:
    south = client_of(member(north, "currencies.*"), organization=north.south)
    assert "There are no currencies yet" in text_of(south.get(CONVERTER).content)
