"""What rows said before they were changed or deleted: versions of them, as they were known at a moment.

The database keeps former values of the columns that a model names in `remembered` (tenancy/remembering.py). What counts
today stands in the table itself, so nobody but who asks for the past pays for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import models
from django.db.models.functions import Cast

from apps.kernel.bases.arrays import Among
from apps.kernel.bases.models import TenantModel
from apps.kernel.tenancy.columns import OwnerColumn

# Numbers are exact: what has a point is a Decimal.
_FACTS: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class FormerRow(TenantModel):
    """What a row said from `known_from` (for the first version the year 1) until before `known_until`.

    `existed_from` is when it was created, and `gone_at` is given while it was deleted. `key_id` is what questions find
    it by. A trigger writes them and the app role only reads them.
    """

    audited = False
    unaudited_reason = "It is itself a record of changes, which the database writes."
    app_grants = ("SELECT",)
    referenced = False
    created_at = None  # type: ignore[assignment]  # `known_until` is the same
    updated_at = None  # type: ignore[assignment]  # it never changes

    organization_id = OwnerColumn(null=True)
    table_name = models.TextField()
    row_id = models.UUIDField()
    key_id = models.UUIDField()
    existed_from = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()
    facts = models.JSONField()

    class Meta:
        db_table = "former_row"
        base_manager_name = "objects"
        indexes: ClassVar = [
            # Two columns of times and no range: under row-level security an index does not serve `range @> moment`.
            models.Index(fields=["tenant_id", "key_id", "known_until", "known_from"], name="former_row_key"),
            models.Index(fields=["tenant_id", "row_id", "known_until"], name="former_row_row"),
        ]

    def __str__(self) -> str:
        """The table that it is of."""
        return self.table_name


class Version(NamedTuple):
    """What a row says, or said; without `known_until` it is what counts today. `facts` are by the names of columns."""

    table: str
    row_id: UUID
    key_id: UUID
    text: str
    existed_from: datetime
    gone_at: datetime | None
    known_from: datetime | None
    known_until: datetime | None

    @property
    def facts(self) -> dict[str, Any]:
        """The columns: numbers with a point as Decimal, ids and times as text."""
        return _FACTS.decode(self.text)

    def existed_by(self, at: datetime | None) -> bool:
        """Say whether the row was created by then; None is today."""
        return at is None or self.existed_from <= at

    def was_known(self, at: datetime) -> bool:
        """Say whether the moment is in the period."""
        return (self.known_from is None or self.known_from <= at) and (
            self.known_until is None or at < self.known_until
        )


class History:
    """Versions of rows by what questions find them by."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self._by_key: dict[UUID, list[Version]] = defaultdict(list)
        for version in versions:
            self._by_key[version.key_id].append(version)

    def at(self, moment: datetime | None, keys: Iterable[UUID]) -> list[Version]:
        """What was known of each row at a moment (None: what counts today), also of what was deleted by then."""
        found: dict[tuple[str, UUID], Version] = {}
        for key in keys:
            for version in self._by_key.get(key, ()):
                place = (version.table, version.row_id)
                if version.known_until is None:
                    found.setdefault(place, version)
                elif moment is not None and version.was_known(moment):
                    found[place] = version
        return list(found.values())


def history(
    rows: Sequence[models.QuerySet[Any]], keys: Collection[UUID], moments: Collection[datetime | None]
) -> History:
    """Versions of the rows that count today or at any of the moments; one query.

    `rows` must not ask for anything that changes: only for `remembered_by` of their models, which is one of `keys`.
    """
    parts = [_rows_of_today(item) for item in rows]
    past = [moment for moment in moments if moment is not None]
    if past:
        parts.append(_former_rows([item.model._meta.db_table for item in rows], keys, past))
    return History(Version._make(row) for row in parts[0].union(*parts[1:], all=True))


def _rows_of_today(rows: models.QuerySet[Any]) -> models.QuerySet[Any, Any]:
    model = rows.model
    named = {item.column: item for item in model._meta.local_concrete_fields}
    pairs = [part for column in model.remembered for part in (_text(column), models.F(named[column].attname))]
    gone = models.F("deleted_at") if "deleted_at" in named else _NEVER
    said = models.Func(*pairs, function="jsonb_build_object", output_field=models.TextField())
    return rows.order_by().values_list(
        _text(model._meta.db_table),
        "id",
        Cast(model.remembered_by, models.UUIDField()),
        Cast(said, models.TextField()),
        Cast("created_at", models.DateTimeField()),
        gone,
        _NEVER,
        _NEVER,
    )


def _former_rows(
    tables: Collection[str], keys: Collection[UUID], past: Collection[datetime]
) -> models.QuerySet[Any, Any]:
    known = models.Q(known_until__gt=min(past), known_from__lte=max(past))
    rows = FormerRow.objects.filter(Among("key_id", keys), known, table_name__in=tables)
    said = Cast("facts", models.TextField())
    return rows.order_by().values_list(
        "table_name", "row_id", "key_id", said, "existed_from", "gone_at", "known_from", "known_until"
    )


def _text(value: str) -> models.Value:
    return models.Value(value, output_field=models.TextField())


_NEVER: Final = Cast(models.Value(None), models.DateTimeField())
