"""Prices by set: many at once are known no longer, and copies with other amounts or periods take their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from apps.catalog.calculations.periods import Period
from apps.catalog.errors import PriceChangedSince
from apps.catalog.models import Price
from apps.catalog.services.price_writing import COPIED
from apps.kernel import clock
from apps.kernel.bases.bitemporal import close
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope

BATCH: Final = 1_000  # prices in one statement where somebody watches; all of them where nobody does
_SAME: Final = ", ".join(name for name in COPIED if name != "amount")
# The database copies what stays: sending each column of each row would take as long as writing it.
RENEW: Final = f"""
INSERT INTO "price" (id, tenant_id, created_at, updated_at, known, amount, valid, {_SAME})
SELECT said.id, tenant_id, %(now)s, %(now)s, tstzrange(%(moment)s, NULL), said.amount,
    tstzrange(said.since, said.until), {_SAME}
FROM unnest(%(ids)s::uuid[], %(former)s::uuid[], %(amounts)s::numeric[], %(since)s::timestamptz[],
    %(until)s::timestamptz[]) AS said (id, former, amount, since, until)
JOIN "price" ON "price".id = said.former AND tenant_id = %(tenant)s
"""  # noqa: S608 - names of columns, no input

Watch = Callable[[int, int], None]


class Latter(NamedTuple):
    """What takes the place of a price, in a part of its period or in all of it."""

    amount: Decimal
    valid: Period


class Renewal(NamedTuple):
    """A price that is known no longer, by its id, and what takes its place."""

    former: UUID
    latter: tuple[Latter, ...]


def renew(renewals: Sequence[Renewal], *, moment: datetime, watch: Watch | None = None) -> None:
    """Let the former prices be known until `moment`, and the latter ones from then on; their products are locked.

    Two statements, whatever the number; where `watch` is told how many are done, two for each thousand. Raises
    PriceChangedSince where a price has been closed meanwhile, and whatever `watch` raises to stop.
    """
    size = BATCH if watch else max(len(renewals), 1)
    for start in range(0, len(renewals), size):
        if watch:
            watch(start, len(renewals))
        _write(renewals[start : start + size], moment)
    if watch:
        watch(len(renewals), len(renewals))


def _write(renewals: Sequence[Renewal], moment: datetime) -> None:
    former = [item.former for item in renewals]
    if close(Price.objects.filter(pk__in=former), moment) != len(former):
        raise PriceChangedSince
    pairs = [(item.former, latter) for item in renewals for latter in item.latter]
    values: dict[str, Any] = {
        "now": clock.now(),
        "moment": moment,
        "tenant": current_scope().tenant_id,
        "ids": [uuid7() for _ in pairs],
        "former": [pk for pk, _latter in pairs],
        "amounts": [latter.amount for _pk, latter in pairs],
        "since": [latter.valid.start for _pk, latter in pairs],
        "until": [latter.valid.end for _pk, latter in pairs],
    }
    with connection.cursor() as cursor:  # scope: ids that were read in the scope, behind the wall
        cursor.execute(RENEW, values)
