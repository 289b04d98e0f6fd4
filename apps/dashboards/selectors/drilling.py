"""From a figure to the list of the rows that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.dashboards.selectors.sources import Source
from apps.kernel.addresses import address_if_any
from apps.kernel.extensions.periods import Period

LOOKUPS = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
Filters = dict[str, str]


def list_address(
    source: Source,
    period: Period,
    date: str,
    condition: Mapping[str, Any] | None,
    *,
    group: Mapping[str, Any] | None = None,
) -> str:
    """The list of the rows in the back office; "" where it has none, or cannot show exactly them."""
    if source.figures.rows is not None:
        return ""  # the list has its own idea of which rows there are
    filters = _condition(source, condition)
    if filters is None:
        return ""
    filters |= _between(source, date, period)
    for name, value in (group or {}).items():
        filters |= _between(source, name, value) if isinstance(value, Period) else _same(source, name, value)
    meta = source.entity.model._meta
    return address_if_any(f"admin:{meta.app_label}_{meta.model_name}_changelist", query=filters)


def _between(source: Source, name: str, period: Period) -> Filters:
    if source.is_moment(name):
        return {f"{name}__gte": _moment(period.since), f"{name}__lt": _moment(period.until)}
    return {f"{name}__gte": period.start.isoformat(), f"{name}__lte": period.end.isoformat()}


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _same(source: Source, name: str, value: Any) -> Filters:
    column = source.field(name).attname
    if value is None or value == "":
        return {f"{column}__isnull": "True"} if value is None else {f"{column}__exact": ""}
    return {f"{column}__exact": str(int(value)) if isinstance(value, bool) else str(value)}


def _condition(source: Source, condition: Mapping[str, Any] | None) -> Filters | None:
    """The condition as parameters of the list; None where the list has no words for it."""
    if not condition:
        return {}
    parts = condition.get("and", [condition])
    found: Filters = {}
    for part in parts if isinstance(parts, list) else [None]:
        read = _comparison(source, part)
        if read is None or read[0] in found:
            return None
        found[read[0]] = read[1]
    return found


def _comparison(source: Source, part: Any) -> tuple[str, str] | None:
    if not isinstance(part, Mapping) or set(part) != {"field", "operator", "value"}:
        return None
    value, lookup = part["value"], LOOKUPS.get(part["operator"])
    if lookup is None or not isinstance(value, str | int) or part["field"] in source.figures.dates:
        return None
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"{source.field(part['field']).attname}__{lookup}", text
