"""One query for many look-ups: for each wanted set of values the rows that a query set finds with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Expression

# Arrays travel as one text each: a thousand values take longer to be written down as an array than to be looked up.
PART, NOTHING = "\x1f", "\x1e"


class Wanted(Expression):
    """A value of the wanted set, as it stands in the query set of `for_each`."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Render the column of the list that the query set is joined to."""
        return f"wanted.{connection.ops.quote_name(self.name)}", []


def for_each(
    wanted: Sequence[tuple[Any, ...]], columns: Mapping[str, str], rows: models.QuerySet[Any]
) -> list[tuple[Any, ...]]:
    """Run the query set for each wanted set of values, in one statement.

    `columns` names the values and gives their SQL types, in order. `rows` is a `values_list` that compares with
    `Wanted` and is usually sliced. Values are codes (never empty), numbers, days, or None. Answers the place in
    `wanted` and what the query set shows, for each row found.
    """
    if not wanted:
        return []
    sql, params = rows.query.sql_with_params()
    arrays = ", ".join(f"string_to_array(%s, '{PART}', '{NOTHING}')::{kind}[]" for kind in columns.values())
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    statement = (
        f"SELECT wanted.place - 1, found.* FROM unnest({arrays}) WITH ORDINALITY AS wanted({names}, place)"  # noqa: S608
        f" CROSS JOIN LATERAL ({sql}) AS found ORDER BY wanted.place"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*map(_joined, zip(*wanted, strict=True)), *params])
        return list(cursor.fetchall())


def _joined(values: tuple[Any, ...]) -> str:
    return PART.join([NOTHING if value is None else str(value) for value in values])
