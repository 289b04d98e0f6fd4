"""Sample rates for demonstrations: they look real, are the same on every machine, and are no bank's."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from apps.currencies.contracts import RateQuote
from apps.kernel.money import round_half_up

SAMPLE: Final = "sample"
# The walk begins here whatever day is asked for, so that a day has the same rate for ever.
BEGINNING: Final = date(2023, 1, 2)
DAYS: Final = 730
PLACES: Final = 8
# Units for one euro around which each currency moves.
USUAL: Final[Mapping[str, Decimal]] = {
    "EUR": Decimal(1),
    "USD": Decimal("1.0910"),
    "GBP": Decimal("0.8520"),
    "PLN": Decimal("4.3200"),
    "CHF": Decimal("0.9480"),
    "CZK": Decimal("25.1000"),
    "DKK": Decimal("7.4590"),
    "HUF": Decimal("396.50"),
    "JPY": Decimal("162.40"),
    "NOK": Decimal("11.6500"),
    "SEK": Decimal("11.3200"),
}
STEP, PULL, SCALE = 450, 97, 100_000  # largest step of a day and what is left of a deviation, in parts of SCALE


def sample_quotes(base: str, codes: Collection[str], until: date) -> list[RateQuote]:
    """Two years of middle rates up to a day: each known currency in the base, for every day of business.

    Nothing for a base that has no usual rate here.
    """
    others = [code for code in sorted(codes) if code in USUAL and code != base]
    if base not in USUAL:
        return []
    return [
        RateQuote(code, base, round_half_up(_euros(code, day) / _euros(base, day), PLACES), day, "mid")
        for code in others
        for day in _business_days(until)
    ]


def _business_days(until: date) -> Iterator[date]:
    day = max(BEGINNING, until - timedelta(days=DAYS))
    while day <= until:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def _euros(code: str, day: date) -> Decimal:
    """What one unit of the currency costs in euros."""
    deviation = Decimal(_walk(code, day.year)[day.timetuple().tm_yday - 1]) / SCALE
    return 1 / (USUAL[code] * (1 + deviation))


@lru_cache(maxsize=256)
def _walk(code: str, year: int) -> tuple[int, ...]:
    """The currency's deviation on each day of a year: a random walk that is drawn back to the usual rate."""
    deviation = _walk(code, year - 1)[-1] if year > BEGINNING.year else 0
    draw = random.Random(f"{code} {year}")  # noqa: S311 - the same on every machine, and no secret
    found = []
    for _day in range(366):
        if code != "EUR":
            deviation = deviation * PULL // 100 + draw.randint(-STEP, STEP)
        found.append(deviation)
    return tuple(found)
