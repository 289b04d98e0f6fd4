"""Arithmetic of deals: what lines come to, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from apps.kernel.money import to_storage


def sum_of_lines(lines: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """What lines of `(quantity, unit price)` come to: each is rounded as it is stored, so that a sum can be checked."""
    return sum((to_storage(quantity * price) for quantity, price in lines), Decimal(0))


def lacking(demanded: Iterable[str], given: Mapping[str, Any]) -> list[str]:
    """Names that are demanded and have no value, in their order: an amount of zero is one, an empty list is none."""
    return [name for name in demanded if given.get(name) is None or _is_empty(given[name])]


def _is_empty(value: Any) -> bool:
    return isinstance(value, str | Collection) and not value
