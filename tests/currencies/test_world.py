"""The world's currencies as CLDR has them."""

from __future__ import annotations

import unicodedata

import pytest

from apps.currencies.calculations import LANGUAGES, master, master_currency, tender
from apps.kernel.money import is_known_currency


def test_there_are_as_many_currencies_as_are_legal_tender() -> None:
    assert len(tender()) == len(master()) == 154


@pytest.mark.parametrize(
    ("code", "symbol", "places"),
    [
        ("EUR", "€", 2),
        ("PLN", "zł", 2),
        ("USD", "$", 2),
        ("GBP", "£", 2),
        ("JPY", "¥", 0),
        ("KWD", "د.ك.", 3),
        ("CHF", "CHF", 2),
        ("CZK", "Kč", 2),
        ("CAD", "CA$", 2),
        ("ARS", "ARS", 2),
        ("CVE", "CVE", 2),
    ],
)
def test_symbols_and_places(code: str, symbol: str, places: int) -> None:
    known = master_currency(code)
    assert (known.symbol, known.decimal_places) == (symbol, places)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("PLN", ("Polish Zloty", "złoty polski", "Polnischer Złoty", "esloti polaco")),
        ("JPY", ("Japanese Yen", "jen japoński", "Japanischer Yen", "yen japonés")),
        ("ZWG", ("Zimbabwean Gold",) * 4),
    ],
)
def test_names_in_four_languages_fall_back_to_english(code: str, names: tuple[str, ...]) -> None:
    assert tuple(master_currency(code).name(language) for language in LANGUAGES) == names


def test_a_name_is_found_for_any_kind_of_language_tag() -> None:
    polish = master_currency("EUR")
    assert {polish.name(tag) for tag in ("pl", "pl-PL", "pl_PL")} == {"euro"}
    assert polish.name("fr") == "Euro"


@pytest.mark.parametrize("code", ["DEM", "ANG", "ZWL", "HRK", "XAU", "XDR", "XXX", "XTS", "CLF", "CHE", "USN"])
def test_historic_ones_funds_and_metals_are_known_but_no_tender(code: str) -> None:
    assert is_known_currency(code)
    assert code not in tender()


@pytest.mark.parametrize("code", ["", "eur", "QQQ", "EURO", "€"])
def test_anything_else_is_not_known(code: str) -> None:
    assert not is_known_currency(code)
    with pytest.raises(KeyError):
        master_currency(code)


def test_each_fits_its_columns() -> None:
    for known in master():
        assert len(known.code) == 3
        assert 1 <= len(known.symbol) <= 10
        assert not {unicodedata.category(letter) for letter in known.symbol} & {"Cc", "Cf"}
        assert 0 <= known.decimal_places <= 3
        assert all(1 <= len(known.names[language]) <= 200 for language in LANGUAGES)


def test_no_two_currencies_that_travel_share_a_symbol() -> None:
    travelling = [master_currency(code).symbol for code in ("USD", "EUR", "GBP", "JPY", "CNY", "AUD", "CAD", "INR")]
    assert len(set(travelling)) == len(travelling)


@pytest.mark.parametrize(
    ("code", "decimal", "group"),
    [("USD", ".", ","), ("PLN", ",", "\xa0"), ("CHF", ".", "\N{RIGHT SINGLE QUOTATION MARK}"), ("BRL", ",", ".")],
)
def test_separators_are_those_of_the_country(code: str, decimal: str, group: str) -> None:
    known = master_currency(code)
    assert (known.decimal_separator, known.group_separator) == (decimal, group)
