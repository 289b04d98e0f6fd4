"""Deals that somebody asks about, added up by the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, DecimalField, F, Func, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.customers.calculations.kpis import NOTHING, DealSum
from apps.customers.models import Deal
from apps.kernel.access.visible import visible

EXACT: Final = DecimalField(max_digits=38, decimal_places=6)
CHANCE: Final = Coalesce("probability", "stage__probability")


class Seconds(Func):
    """Seconds from one moment to another, exact to the microsecond."""

    template = "EXTRACT(EPOCH FROM (%(expressions)s))"
    arg_joiner = " - "
    output_field = EXACT


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose deals are meant: those of one pipeline, of one owner; None for all of them."""

    pipeline_id: UUID | None = None
    owner_id: UUID | None = None


def living_deals(asked: Asked) -> QuerySet[Deal]:
    """Deals of the scope that the actor may see; a restricted one of others is in no figure."""
    rows = visible(Deal.objects.filter(deleted_at__isnull=True))
    if asked.pipeline_id is not None:
        rows = rows.filter(pipeline_id=asked.pipeline_id)
    return rows if asked.owner_id is None else rows.filter(owner_id=asked.owner_id)


def sums_by(rows: QuerySet[Deal], *keys: str) -> dict[Any, list[DealSum]]:
    """Sums by what the deals have in these columns: a tuple, or the bare value of a single one. One query."""
    columns = ("value_currency", "base_currency")
    found: dict[Any, list[DealSum]] = {}
    for row in rows.order_by().values(*keys, *columns).annotate(**_sums()):
        key = tuple(row.pop(name) for name in keys)
        item = DealSum(row.pop("value_currency"), row.pop("base_currency"), **row)
        found.setdefault(key[0] if len(key) == 1 else key, []).append(item)
    return found


def _sums() -> dict[str, Any]:
    zero: dict[str, Any] = {"default": NOTHING}
    return {
        "count": Count("pk"),
        "priced": Count("value_amount"),
        "amount": Sum("value_amount", **zero),
        "valued": Count("base_amount"),
        "value": Sum("base_amount", **zero),
        "by_percent": Sum(F("base_amount") * CHANCE, output_field=EXACT, **zero),
        "seconds": Sum(Seconds("closed_at", "created_at"), output_field=EXACT, **zero),
    }
