"""How often something may happen: limits by name, and what the settings say instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.kernel.registry.store import Registry

OFF: Final = "off"
ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in `seconds`, which begin with the first time; a count of 0 allows nothing.

    `name` says what is counted: limits of one name share their counters.
    """

    name: str
    count: int
    seconds: int


LIMITS: Registry[Limit] = Registry("limit")


def declare(name: str, rate: str) -> Limit:
    """Declare a limit, `declare("auth.log_in.address", "20/60")`; RATE_LIMITS may change it by its name."""
    parsed = parse_rate(rate)
    if parsed is None:
        raise ImproperlyConfigured(f"The limit {name} is declared without a rate.")
    return LIMITS.add(name, Limit(name, *parsed))


@lru_cache(maxsize=256)
def parse_rate(rate: str) -> tuple[int, int] | None:
    """Count and seconds of `20/60`; None for `off`. Raises ImproperlyConfigured."""
    if rate == OFF:
        return None
    count, slash, seconds = rate.partition("/")
    if not (slash and _is_number(count) and _is_number(seconds) and int(seconds) > 0):
        raise ImproperlyConfigured(f"A rate is a count and seconds, like 20/60, or {OFF}: not {rate!r}.")
    return int(count), int(seconds)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def named_rates(entries: Iterable[str]) -> dict[str, str]:
    """RATE_LIMITS from entries like `auth.log_in.address=20/60`. Raises ImproperlyConfigured."""
    found = {name.strip(): rate.strip() for name, _, rate in (entry.partition("=") for entry in entries)}
    for rate in found.values():
        parse_rate(rate)
    return found


def in_force(limit: Limit) -> Limit | None:
    """The limit as the settings have it: by its name, else by `*`, else as it was declared. None when it is off."""
    rates = configured_rates()
    rate = rates.get(limit.name, rates.get(ANY))
    if rate is None:
        return limit
    parsed = parse_rate(rate)
    return replace(limit, count=parsed[0], seconds=parsed[1]) if parsed else None


def configured_rates() -> Mapping[str, str]:
    """Name of a limit, or `*` for those not named, to `count/seconds` or `off`."""
    rates: Mapping[str, str] = getattr(settings, "RATE_LIMITS", {})
    return rates
