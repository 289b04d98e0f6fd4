"""The European Central Bank's reference rates: one shape of XML for a day, 90 days and all days.

Source: https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/ — an envelope of
gesmes with nested `Cube` elements: one around everything, one for each day, one for each currency. A rate says how
many units of the currency one euro costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from apps.currencies.contracts import RateQuote
from apps.currencies.services.fetching.reading import beginning, broken, code_from, day_from, quote_from, rate_from

BASE = "EUR"
ENVELOPE = "{http://www.gesmes.org/xml/2002-08-01}Envelope"
CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
DEEPEST = 8


def quotes_of(content: bytes, start: date, end: date) -> list[RateQuote]:
    """Quotes of the days from `start` to `end` that the document has. Raises DocumentBroken."""
    quotes: list[RateQuote] = []
    days = 0
    for effective_on, day in _days_of(content):
        days += 1
        if not len(day):
            broken(_("There are no rates for {day}.").format(day=effective_on))
        if start <= effective_on <= end:
            quotes += [_quote(cube, effective_on) for cube in day]
    if not days:
        broken(_("It holds no day at all."))
    return quotes


def _days_of(content: bytes) -> Iterator[tuple[date, Any]]:
    """Each day and its element, which is emptied afterwards: the whole history is never in memory as a tree."""
    depth = 0
    try:
        for event, element in iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if event == "start":
                _demand_shape(element.tag, depth)
            elif depth == 2 and "time" in element.attrib:
                yield day_from(element.get("time")), element
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        broken(_("It is no well-formed XML. It begins with “{start}”.").format(start=beginning(content)))


def _demand_shape(tag: str, depth: int) -> None:
    if depth > DEEPEST or (depth == 1 and tag != ENVELOPE):
        broken(_("It is not the bank's document of rates, but <{tag}>.").format(tag=tag.rpartition("}")[2][:40]))


def _quote(cube: Any, effective_on: date) -> RateQuote:
    if cube.tag != CUBE or not {"currency", "rate"} <= set(cube.attrib):
        broken(_("A rate of {day} lacks its currency or its number.").format(day=effective_on))
    return quote_from((BASE, code_from(cube.get("currency"))), rate_from(cube.get("rate")), effective_on)
