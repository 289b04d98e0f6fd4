"""Documents of the providers: what is read from good ones, and how bad ones are refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from apps.currencies.contracts import RateQuote
from apps.currencies.errors import DocumentBroken
from apps.currencies.providers.ecb import mapping as ecb
from apps.currencies.providers.file import mapping as table
from apps.currencies.providers.nbp import mapping as nbp
from tests.currencies.papers import BANK, ENTITY_BOMB, FRIDAY, LONG_AGO, PAGE, TREASURY, WEEK, ecb_of, paper


def why(read: Callable[[], object]) -> str:
    """The reason with which a document is refused."""
    with pytest.raises(DocumentBroken) as refusal:
        read()
    return str(refusal.value.context["why"])


def ecb_refusal(content: bytes) -> str:
    return why(lambda: ecb.quotes_of(content, LONG_AGO, FRIDAY))


def nbp_refusal(content: bytes, wanted: str = "A") -> str:
    return why(lambda: nbp.quotes_of(content, wanted, LONG_AGO, FRIDAY))


def bank_refusal(old: str, new: str) -> str:
    content = paper("bank.csv").decode("cp1250").replace(old, new, 1).encode("cp1250")
    return why(lambda: table.quotes_of(content, BANK, *WEEK))


def test_the_ecb_s_daily_document_is_read_whole() -> None:
    quotes = ecb.quotes_of(paper("ecb-daily.xml"), FRIDAY, FRIDAY)
    assert len(quotes) == 29
    assert quotes[0] == RateQuote("EUR", "USD", Decimal("1.0832"), FRIDAY, "mid")
    assert {(quote.from_code, quote.effective_on, quote.kind) for quote in quotes} == {("EUR", FRIDAY, "mid")}


def test_of_the_ecb_s_history_only_the_wanted_days_are_read() -> None:
    quotes = ecb.quotes_of(paper("ecb-hist-90d.xml"), date(2026, 3, 4), FRIDAY)
    assert Counter(quote.effective_on.day for quote in quotes) == {6: 29, 5: 29, 4: 29}
    assert ecb.quotes_of(paper("ecb-hist-90d.xml"), date(2026, 2, 28), date(2026, 3, 1)) == []  # a weekend


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no well-formed XML"),
        (paper("ecb-daily.xml")[:-40], "no well-formed XML"),
        (ENTITY_BOMB, "no well-formed XML"),
        (PAGE, "no well-formed XML"),
        (b"<rates><day/></rates>", "not the bank's document of rates, but <rates>"),
        (ecb_of("2026-03-06"), "no rates for 2026-03-06"),
        (ecb_of("2026-03-06").replace(b" time='2026-03-06'", b""), "holds no day at all"),
        (ecb_of("6 March 2026", USD="1.08"), "“6 March 2026” is no day"),
        (ecb_of("2026-03-06", USD="-1.08"), "“-1.08” is no positive number"),
        (ecb_of("2026-03-06", USD="0.0000"), "above zero"),
        (ecb_of("2026-03-06", USD="N/A"), "“N/A” is no positive number"),
        (ecb_of("2026-03-06", USD="1e9"), "“1e9” is no positive number"),
        (ecb_of("2026-03-06", usd="1.08"), "“usd” is no currency code"),
        (ecb_of("2026-03-06", EUR="1.0"), "quoted in itself: EUR"),
        (ecb_of("2026-03-06", USD="1.08").replace(b"rate=", b"price="), "lacks its currency or its number"),
        (b"<a>" * 200_000, "not the bank's document of rates"),
    ],
)
def test_a_bad_document_of_the_ecb_is_refused(content: bytes, told: str) -> None:
    assert told in ecb_refusal(content)


def test_table_a_has_mean_rates_in_zloty() -> None:
    quotes = nbp.quotes_of(paper("nbp-a.json"), "A", *WEEK)
    assert len(quotes) == 3 * 32
    found = {(quote.from_code, quote.effective_on): quote for quote in quotes}
    assert found["USD", FRIDAY] == RateQuote("USD", "PLN", Decimal("3.9361"), FRIDAY, "mid")
    assert found["IDR", FRIDAY].rate == Decimal("0.00023904")


def test_table_c_has_what_the_bank_buys_and_sells_at() -> None:
    quotes = nbp.quotes_of(paper("nbp-c.json"), "C", FRIDAY, FRIDAY)
    assert len(quotes) == 2 * 13
    assert [(quote.kind, quote.rate) for quote in quotes if quote.from_code == "EUR"] == [
        ("buy", Decimal("4.2203")),
        ("sell", Decimal("4.3055")),
    ]


def test_a_table_that_quotes_per_hundred_is_brought_to_one() -> None:
    rates = b'[{"currency":"forint","przelicznik":100,"code":"HUF","mid":1.0601}]'
    content = b'[{"table":"A","no":"1","effectiveDate":"2026-03-06","rates":' + rates + b"}]"
    assert nbp.quotes_of(content, "A", *WEEK) == [RateQuote("HUF", "PLN", Decimal("0.010601"), FRIDAY, "mid")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "It is no JSON"),
        (PAGE, "It is no JSON. It begins with “<!DOCTYPE html>"),
        (paper("nbp-a.json")[:-30], "It is no JSON"),
        (b"[" * 100_000, "It is no JSON"),
        (b"{}", "no list of tables"),
        (b'[{"table":"A","effectiveDate":"2026-03-06","rates":{}}]', "no list of tables"),
        (b'[{"table":"A","effectiveDate":"2026-03-06","rates":[]}]', "no rates for 2026-03-06"),
        (paper("nbp-c.json"), "not table A"),
        (paper("nbp-a.json").replace(b"effectiveDate", b"day", 1), "“effectiveDate” is missing"),
        (paper("nbp-a.json").replace(b'"mid":0.1166', b'"mid":-0.1166'), "“-0.1166” is no positive number"),
        (paper("nbp-a.json").replace(b'"mid":0.1166', b'"mid":NaN'), "It is no JSON"),
        (paper("nbp-a.json").replace(b'"mid":0.1166', b'"mid":1e999999999'), "is no positive number"),
        (paper("nbp-a.json").replace(b'"mid":0.1166', b'"mid":null'), "“None” is no positive number"),
        (paper("nbp-a.json").replace(b'"mid":0.1166', b'"mid":true'), "“True” is no positive number"),
        (paper("nbp-a.json").replace(b'"mid":0.1166', b'"middle":1'), "“mid” is missing"),
    ],
)
def test_a_bad_document_of_the_nbp_is_refused(content: bytes, told: str) -> None:
    assert told in nbp_refusal(content)


def test_a_bank_s_table_with_decimal_commas_and_units_is_read() -> None:
    quotes = table.quotes_of(paper("bank.csv"), BANK, *WEEK)
    assert len(quotes) == 6
    assert quotes[4] == RateQuote("HUF", "PLN", Decimal("0.010601"), FRIDAY, "mid")
    assert table.quotes_of(paper("bank.csv"), {**BANK, "kind": "sell"}, FRIDAY, FRIDAY)[0].kind == "sell"


def test_a_list_inside_an_object_is_read() -> None:
    quotes = table.quotes_of(paper("rates.json"), TREASURY, FRIDAY, FRIDAY)
    assert quotes == [
        RateQuote("EUR", "USD", Decimal("1.0832"), FRIDAY, "mid"),
        RateQuote("EUR", "GBP", Decimal("0.8395"), FRIDAY, "mid"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Kurs średni", "Kurs", "It has 0 columns “Kurs średni”, not one"),
        ("Tabela;", "Waluta;", "It has 2 columns “Waluta”, not one"),
        ("3,9370", "3.9370", "Row 2: “3.9370” is no positive number"),
        ("3,9370", "-3,9370", "Row 2: “-3,9370” is no positive number"),
        ("3,9370", "", "Row 2: “” is no positive number"),
        ("3,9370", "3,9370;1", "Row 2: it has 6 cells, not 5"),
        ("HUF;100", "HUF;0", "Row 3: “0” is no number of units"),
        ("HUF;100", "HUF;-1", "Row 3: “-1” is no number of units"),
        ("05.03.2026;HUF", "2026-03-05;HUF", "Row 3: “2026-03-05” is no day"),
        ("USD", "dolar", "Row 2: “dolar” is no currency code"),
        ("USD", "PLN", "Row 2: A currency is quoted in itself: PLN"),
    ],
)
def test_a_bad_row_refuses_the_table_and_is_named(old: str, new: str, told: str) -> None:
    assert told in bank_refusal(old, new)


def test_a_comma_is_no_separator_of_groups_where_the_point_is_decimal() -> None:
    options = {**BANK, "decimal": "point"}
    assert "Row 2: “3,9370” is no positive number" in why(lambda: table.quotes_of(paper("bank.csv"), options, *WEEK))


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        (PAGE, BANK, "It has 0 columns “Waluta”"),
        (b"", BANK, "It has 0 columns “Waluta”"),
        (b"\xff\xfe\x00", {**BANK, "encoding": "utf-8"}, "It is not written in utf-8"),
        (PAGE, TREASURY, "It is no JSON"),
        (b"{}", TREASURY, "no list at “data.rates”"),
        (b'{"data":{"rates":[1]}}', TREASURY, "Row 1: it is no object"),
        (b'{"data":{"rates":[{}]}}', TREASURY, "Row 1: The column “pair.base” is missing"),
    ],
)
def test_something_else_than_a_table_is_refused(content: bytes, options: dict[str, object], told: str) -> None:
    assert told in why(lambda: table.quotes_of(content, options, *WEEK))
