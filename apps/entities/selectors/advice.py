"""What the use of custom fields in lists says about their indexes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from apps.entities.models import FieldIndex, FieldUse, IndexStatus, Record
from apps.entities.models.records import PREFIX
from apps.kernel.registry.entities import ENTITIES

PROMOTE, DEMOTE, KEEP, WAIT = "promote it", "demote it: nobody asks for it", "keep its index", "leave it as it is"
ROWS = "SELECT relname, greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = ANY(%s) AND relkind IN ('r', 'p')"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about one field: how often lists asked for it, and how many rows its table has, of all tenants."""

    entity: str
    key: str
    filters: int
    sorts: int
    rows: int
    proposal: str


def advice(*, often: int, large: int) -> list[Advice]:
    """Most used fields first; then indexes whose field nobody asked for."""
    indexed = {(row.entity, row.key) for row in FieldIndex.objects.filter(status=IndexStatus.READY)}
    uses = {(row.entity, row.key): row for row in FieldUse.objects.all()}
    sizes = _sizes({entity for entity, _key in (*uses, *indexed)})
    found = []
    for place in {*uses, *indexed}:
        use, rows = uses.get(place), sizes.get(place[0], 0)
        filters, sorts = (use.filters, use.sorts) if use else (0, 0)
        is_hot = filters + sorts >= often and rows >= large
        proposal = (DEMOTE if not filters + sorts else KEEP) if place in indexed else PROMOTE if is_hot else WAIT
        found.append(Advice(*place, filters, sorts, rows, proposal))
    return sorted(found, key=lambda item: (-item.filters - item.sorts, item.entity, item.key))


def _sizes(entities: set[str]) -> dict[str, int]:
    tables = {entity: table for entity in entities if (table := _table(entity))}
    with connection.cursor() as cursor:  # scope: the catalog's estimate of a table, no rows
        cursor.execute(ROWS, [sorted(set(tables.values()))])
        known = dict(cursor.fetchall())
    return {entity: int(known.get(table, 0)) for entity, table in tables.items()}


def _table(entity: str) -> str:
    if entity.startswith(PREFIX):
        return Record._meta.db_table
    kind = ENTITIES.get(entity)
    return kind.model._meta.db_table if kind is not None else ""
