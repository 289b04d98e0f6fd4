"""Which custom fields an index serves, as far as this process knows: lists read those in the form of the index."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Final

from apps.entities.models import FieldIndex, IndexStatus, Record
from apps.entities.models.records import PREFIX
from apps.kernel.bases.custom_columns import KEY
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.concurrently import IndexPlan

READERS: Final = ("cf_text", "cf_num", "cf_time", "cf_bool")
KEPT: Final = 30.0  # seconds; whoever knows less reads slower, and never wrongly


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index that is wanted: one serves every tenant that reads this key of the table in this way."""

    entity: str
    key: str
    reader: str

    @property
    def table(self) -> str:
        """Where the values are."""
        return table_of(self.entity)

    @property
    def name(self) -> str:
        """A name that is short whatever the key is, and the same for all who want it."""
        words = "\0".join((self.table, self.key, self.reader))
        return f"cf_{hashlib.sha256(words.encode()).hexdigest()[:24]}"

    @property
    def plan(self) -> IndexPlan:
        """The index, on the expression that lists use, letter for letter."""
        if KEY.fullmatch(self.key) is None or self.reader not in READERS:
            raise ValueError(f"{self.reader} of {self.key!r} is no expression of a list")
        place = "tenant_id, type_id" if self.table == Record._meta.db_table else "tenant_id"
        columns = f"{place}, {self.reader}(custom, '{self.key}'), id"
        return IndexPlan(self.name, self.table, columns, f"custom field {self.key} of {self.table}")


def table_of(entity: str) -> str:
    """The table of an entity with custom fields. Raises RowNotFound for another."""
    if entity.startswith(PREFIX):
        return Record._meta.db_table
    kind = ENTITIES.get(entity)
    if kind is None or not issubclass(kind.model, CustomFields):
        raise RowNotFound
    return kind.model._meta.db_table


class _Known:
    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()
        self.until = 0.0


_known = _Known()


def built_indexes() -> frozenset[str]:
    """Names of the indexes that are in use."""
    if time.monotonic() >= _known.until:
        rows = FieldIndex.objects.filter(status=IndexStatus.READY).values_list("pk", flat=True)
        _known.names, _known.until = frozenset(rows), time.monotonic() + KEPT
    return _known.names


def forget_indexes() -> None:
    """Look again at the next question."""
    _known.until = 0.0
