"""Which documents a range of days needs, and which options are refused how; no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from apps.currencies.contracts import RATE_PROVIDERS
from apps.currencies.services.fetching.documents import LARGEST_KEPT, Shelf
from tests.currencies.papers import BANK, FRIDAY, TREASURY

FILE = {**BANK, "url": "https://bank.example/rates.csv"}


def planned(
    provider: str, start: date, end: date, options: dict[str, Any] | None = None
) -> list[tuple[str, date, date]]:
    pieces = RATE_PROVIDERS[provider].plan(options or {}, start, end, today=FRIDAY)
    return [(piece.url.rpartition("/")[2], piece.start, piece.end) for piece in pieces]


def complained(provider: str, options: dict[str, Any]) -> set[str]:
    found = list(RATE_PROVIDERS[provider].complaints(options))
    assert {item.code for item in found} <= {"currencies.fetch_config.options"}
    return {item.field.removeprefix("options.") for item in found}


@pytest.mark.parametrize(
    ("start", "document"),
    [
        (FRIDAY, "eurofxref-daily.xml"),
        (FRIDAY - timedelta(days=1), "eurofxref-hist-90d.xml"),
        (FRIDAY - timedelta(days=85), "eurofxref-hist-90d.xml"),
        (FRIDAY - timedelta(days=86), "eurofxref-hist.xml"),
    ],
)
def test_the_ecb_is_asked_for_the_smallest_document(start: date, document: str) -> None:
    assert planned("ecb", start, FRIDAY) == [(document, start, FRIDAY)]


def test_a_single_day_of_the_past_is_not_in_the_ecb_s_daily_document() -> None:
    day = FRIDAY - timedelta(days=3)
    assert planned("ecb", day, day) == [("eurofxref-hist-90d.xml", day, day)]


def test_the_nbp_is_asked_for_93_days_at_a_time() -> None:
    pieces = RATE_PROVIDERS["nbp"].plan({"tables": ["A"]}, date(2025, 1, 1), date(2025, 7, 6), today=FRIDAY)
    assert [(piece.start, piece.end) for piece in pieces] == [
        (date(2025, 1, 1), date(2025, 4, 3)),
        (date(2025, 4, 4), date(2025, 7, 5)),
        (date(2025, 7, 6), date(2025, 7, 6)),
    ]
    address = "https://api.nbp.pl/api/exchangerates/tables/A/2025-01-01/2025-04-03/?format=json"
    assert pieces[0].url == address
    assert (pieces[0].end - pieces[0].start).days + 1 == 93


def test_both_tables_of_the_nbp_are_asked_for_by_default() -> None:
    pieces = RATE_PROVIDERS["nbp"].plan({}, FRIDAY, FRIDAY, today=FRIDAY)
    assert [piece.table for piece in pieces] == ["A", "C"]
    assert pieces[0].label == "table A, 2026-03-06 – 2026-03-06"


def test_an_address_with_a_place_for_the_day_is_one_document_for_each_day() -> None:
    options = {**FILE, "url": "https://bank.example/{date}.csv"}
    assert planned("file", date(2026, 3, 5), FRIDAY, options) == [
        ("2026-03-05.csv", date(2026, 3, 5), date(2026, 3, 5)),
        ("2026-03-06.csv", FRIDAY, FRIDAY),
    ]


def test_an_address_with_places_for_the_range_is_one_document() -> None:
    options = {**FILE, "url": "https://bank.example/rates?from={from}&to={to}"}
    assert planned("file", date(2026, 3, 1), FRIDAY, options)[0][0] == "rates?from=2026-03-01&to=2026-03-06"


@pytest.mark.parametrize(
    ("provider", "options"),
    [
        ("ecb", {}),
        ("ecb", {"currencies": ["USD", "PLN"]}),
        ("ecb", {"currencies": None}),
        ("nbp", {"tables": ["C"], "currencies": []}),
        ("file", FILE),
        ("file", {**TREASURY, "url": "http://93.184.216.34/rates.json", "source": "treasury"}),
    ],
)
def test_good_options_are_taken(provider: str, options: dict[str, Any]) -> None:
    assert complained(provider, options) == set()


def test_every_complaint_about_the_options_comes_at_once() -> None:
    assert complained("ecb", {"currencies": ["USD", "usd", "QQQ"], "url": "x"}) == {"currencies", "url"}
    assert complained("nbp", {"tables": ["A", "B"], "currencies": "USD"}) == {"tables", "currencies"}
    wrong = {"kind": "middle", "delimiter": ";", "source": "nbp", "to": "złoty"}
    assert complained("file", wrong) == {"url", "format", "columns", "from", *wrong}


@pytest.mark.parametrize(
    "columns", [{}, [], "rate", {"rate": "x"}, {"rate": "x", "date": ""}, {"rate": "x", "date": "y", "colour": "z"}]
)
def test_columns_name_at_least_rate_and_day(columns: Any) -> None:
    assert complained("file", {**FILE, "from": "USD", "columns": columns}) == {"columns"}


def test_a_currency_has_one_place_to_come_from() -> None:
    assert complained("file", {**FILE, "from": "USD"}) == {"from"}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://bank.example/rates.csv",
        "file:///etc/passwd",
        "https://user:secret@bank.example/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data",
        "rates.csv",
        7,
        "https://bank.example/" + "x" * 2000,
    ],
)
def test_addresses_that_may_not_be_called_are_refused_when_they_are_entered(url: Any) -> None:
    assert complained("file", {**FILE, "url": url}) == {"url"}


class Source:
    """A document that somebody reads, and how often it was asked for."""

    def __init__(self, content: bytes | None = b"x") -> None:
        self.content = content
        self.asked = 0
        self.now = 0.0

    def fetch(self) -> bytes | None:
        self.asked += 1
        return self.content


def reader(content: bytes) -> tuple[()]:
    if content == b"broken":
        raise ValueError
    return ()


@pytest.mark.parametrize("content", [b"x", None])
def test_a_public_document_is_asked_for_once_a_minute(content: bytes | None) -> None:
    source = Source(content)
    shelf = Shelf(clock=lambda: source.now)
    for source.now in (0.0, 59.0, 61.0, 100.0):
        shelf.read("https://bank.example", source.fetch, reader)
    assert source.asked == 2


@pytest.mark.parametrize(
    ("content", "call"),
    [(b"broken", pytest.raises), (b"x" * (LARGEST_KEPT + 1), None)],
)
def test_a_broken_or_very_large_document_is_not_kept(content: bytes, call: Callable[..., Any] | None) -> None:
    source = Source(content)
    shelf = Shelf()
    for _time in range(2):
        if call is None:
            shelf.read("https://bank.example", source.fetch, reader)
        else:
            with call(ValueError):
                shelf.read("https://bank.example", source.fetch, reader)
    assert source.asked == 2
