"""Orders for many whose rows are locked at once and written at once, for commands that say they can be run so.

The command's own function judges and changes each record, as ever; its locks and saves are gathered. What cannot be
gathered raises NotTogether: then everything so far is taken back, and the order is carried out record by record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models import Case, F, Value, When

READS: Final = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")
Row = tuple[type[models.Model], UUID]
Values = dict[str, tuple[Any, Any]]  # a column's field, and what is written there, by the field's name


class NotTogether(Exception):
    """The command does something that has to be done at once. Not a refusal, so not a PlatformError."""


class Together:
    """The records of one batch: their locked rows, and what shall be written to them."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        self.ids = frozenset(ids)
        self._rows: dict[type[models.Model], dict[UUID, models.Model]] = {}
        self._writes: dict[Row, Values] = {}
        self._own: dict[Row, Values] = {}  # of the record whose turn it is

    def row(self, rows: models.QuerySet[Any], row_id: UUID) -> Any:
        """The locked row of a record, None where there is none; the first of a kind brings those of all records."""
        model = rows.model
        if row_id not in self.ids:
            raise NotTogether
        if model not in self._rows:
            found = rows.filter(pk__in=self.ids).order_by("pk")  # by id: every order takes its locks in one order
            self._rows[model] = {row.pk: row for row in found}
        return self._rows[model].get(row_id)

    def write(self, row: models.Model, values: Sequence[tuple[Any, Any, Any]]) -> None:
        """Keep what a save would write. Raises NotTogether for a row that was not locked here."""
        if self._rows.get(type(row), {}).get(row.pk) is not row:
            raise NotTogether
        if any(hasattr(value, "resolve_expression") for _field, _model, value in values):
            raise NotTogether
        self._own.setdefault((type(row), row.pk), {}).update({field.name: (field, value) for field, _, value in values})

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Gather what is done for one record; a refusal leaves nothing of it."""
        self._own = {}
        yield
        for row, values in self._own.items():
            self._writes.setdefault(row, {}).update(values)

    def flush(self) -> None:
        """Write everything: one statement for each table and set of columns, tables by name."""
        groups: dict[tuple[type[models.Model], tuple[str, ...]], dict[UUID, Values]] = defaultdict(dict)
        for (model, pk), values in self._writes.items():
            groups[model, tuple(sorted(values))][pk] = values
        for (model, names), rows in sorted(groups.items(), key=lambda item: (item[0][0]._meta.db_table, item[0][1])):
            found: Any = model._default_manager.filter(pk__in=list(rows))
            found.update(**{name: _values(name, rows) for name in names})


def _values(name: str, rows: Mapping[UUID, Values]) -> Any:
    """What the column becomes: one value for all rows, or one for each."""
    if name == "version":  # the rows are locked, and each save counts it up by one
        return F("version") + 1
    field = next(iter(rows.values()))[name][0]
    values = {pk: row[name][1] for pk, row in rows.items()}
    if name == "updated_at":
        return Value(max(values.values()), output_field=field)
    known = [*values.values()]
    if all(value == known[0] and type(value) is type(known[0]) for value in known):
        return Value(known[0], output_field=field)
    return Case(*(When(pk=pk, then=Value(value, output_field=field)) for pk, value in values.items()))


_together: ContextVar[Together | None] = ContextVar("agora_together", default=None)


def together_or_none() -> Together | None:
    """The batch that is being gathered, or None."""
    return _together.get()


@contextmanager
def gathering(ids: Iterable[UUID]) -> Iterator[Together]:
    """Gather what the block does to the records; any other write in it raises NotTogether."""
    batch = Together(ids)
    token = _together.set(batch)
    try:
        with connection.execute_wrapper(_only_reads):
            yield batch
    finally:
        _together.reset(token)


def _only_reads(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if not sql.lstrip().startswith(READS):
        raise NotTogether
    return execute(sql, params, many, context)
