"""Tables of the National Bank of Poland, as its interface gives them in JSON.

Source: https://api.nbp.pl/ — a list of tables, each with its day and a list of rates in zloty. Table A has the mean
rate (`mid`), table C what the bank buys (`bid`) and sells (`ask`) at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.currencies.contracts import RateKind, RateQuote
from apps.currencies.services.fetching.reading import broken, code_from, day_from, json_from, quote_from, rate_from

BASE = "PLN"
FIELDS: Mapping[str, tuple[tuple[str, RateKind], ...]] = {
    "A": (("mid", "mid"),),
    "C": (("bid", "buy"), ("ask", "sell")),
}
# The interface quotes one unit. The tables that the bank prints, and copies of them, quote HUF or JPY per 100 and
# say so in this field.
UNIT = "przelicznik"


def quotes_of(content: bytes, table: str, start: date, end: date) -> list[RateQuote]:
    """Quotes of the days from `start` to `end`, all of them X → PLN. Raises DocumentBroken."""
    found: list[RateQuote] = []
    for item in _listed(json_from(content)):
        if item.get("table") != table:
            broken(_("It is not table {table}.").format(table=table))
        effective_on = day_from(_field(item, "effectiveDate"))
        quotes = [quote for rate in _listed(item.get("rates")) for quote in _quotes(rate, table, effective_on)]
        if not quotes:
            broken(_("There are no rates for {day}.").format(day=effective_on))
        if start <= effective_on <= end:
            found += quotes
    return found


def _quotes(rate: Mapping[str, Any], table: str, effective_on: date) -> Iterator[RateQuote]:
    pair = (code_from(_field(rate, "code")), BASE)
    for field, kind in FIELDS[table]:
        yield quote_from(pair, rate_from(_field(rate, field), unit=rate.get(UNIT, 1)), effective_on, kind)


def _listed(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        broken(_("It is no list of tables with their rates."))
    return value


def _field(record: Mapping[str, Any], name: str) -> Any:
    if name not in record:
        broken(_("The field “{name}” is missing.").format(name=name))
    return record[name]
