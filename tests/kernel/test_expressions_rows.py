"""A condition finds the same rows in Python and in PostgreSQL: `evaluate` and `to_q` on random rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.kernel.expressions import InvalidExpression, NotCompilable, evaluate, parse
from apps.kernel.expressions.nodes import Expression
from apps.kernel.expressions.operators import OPERATORS
from apps.kernel.expressions.sql import Column, ColumnKind, to_q

pytestmark = pytest.mark.django_db

KINDS: dict[str, ColumnKind] = {
    "name": "text",
    "code": "text",
    "lines": "integer",
    "total": "number",
    "paid": "number",
    "open": "boolean",
    "due": "date",
    "sent": "date",
    "seen": "datetime",
    "placed": "datetime",
    "owner": "uuid",
}
REQUIRED = ("code", "placed")
FIELDS = {name: Column(name, kind, nullable=name not in REQUIRED) for name, kind in KINDS.items()}

with isolate_apps():

    class Row(models.Model):
        """One row of a temporary table."""

        name = models.TextField(null=True)  # noqa: DJ001  null beside empty text is what is tested
        code = models.CharField(max_length=20)
        lines = models.SmallIntegerField(null=True)
        total = models.DecimalField(max_digits=19, decimal_places=4, null=True)
        paid = models.DecimalField(max_digits=19, decimal_places=4, null=True)
        open = models.BooleanField(null=True)
        due = models.DateField(null=True)
        sent = models.DateField(null=True)
        seen = models.DateTimeField(null=True)
        placed = models.DateTimeField()
        owner = models.UUIDField(null=True)
        objects: ClassVar[models.Manager[Row]] = models.Manager()

        class Meta:
            app_label = "conditions"
            db_table = "conditions_row"
            managed = False


TEXTS = ["", " ", "a", "A", "ab", "%", "_", "a%b", "a_b", "\\", "é", "5", "2026-03-29", "2026-03-29T01:30:00Z"]
DAYS = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30), date(2018, 11, 4)]
NUMBERS = [Decimal(text) for text in ("2.5", "2.5000", "-1", "0", "3.1415")]
OWNERS = [UUID(int=7 << 100), UUID(int=0xABC << 90)]
MOMENTS = [datetime(2026, 3, 28, 20, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(60)]
MOMENTS += [datetime(2018, 11, 3, 22, tzinfo=UTC) + timedelta(hours=step) for step in range(30)]
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Warsaw", "America/Sao_Paulo", "Africa/Cairo")]
POOLS: dict[ColumnKind, list[Any]] = {
    "text": TEXTS,
    "integer": list(range(-2, 4)),
    "number": NUMBERS,
    "boolean": [True, False],
    "date": DAYS,
    "datetime": MOMENTS,
    "uuid": OWNERS,
}


def make_rows(count: int) -> Iterator[Row]:
    pick = random.Random(5)  # noqa: S311
    for _ in range(count):
        values = {name: pick.choice(POOLS[kind]) for name, kind in KINDS.items()}
        yield Row(**{name: None if name not in REQUIRED and pick.random() < 0.25 else values[name] for name in values})


CLOSE: dict[ColumnKind, list[Any]] = {
    "text": TEXTS,
    "integer": [-3, -1, 0, 2, 3, 2.5, -0.5, 3.0, 10**25],
    "number": [2.5, 0, -1, 3.1415, 1e30],
    "boolean": [True, False, 1],
    "date": [*map(str, DAYS), {"today": []}, {"add_days": [{"today": []}, -1]}, MOMENTS[7].isoformat()],
    "datetime": [*map(str, DAYS), {"now": []}, {"today": []}, *(moment.isoformat() for moment in MOMENTS[5:30])],
    "uuid": [*map(str, OWNERS), str(OWNERS[1]).upper(), "no id"],
}
ANY = st.sampled_from([value for values in CLOSE.values() for value in values] + [None, {"divide": [1, 0]}])
NAMES = st.sampled_from(sorted(KINDS))


def comparisons(name: str, operator: str) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly with values that rows of this kind have or nearly have."""
    parts: dict[str, st.SearchStrategy[Any]] = {"field": st.just(name), "operator": st.just(operator)}
    if OPERATORS[operator].takes == "nothing":
        return st.fixed_dictionaries(parts)
    literals = st.sampled_from(CLOSE[KINDS[name]]) | st.sampled_from(CLOSE[KINDS[name]]) | ANY
    values = {"list": st.lists(literals, max_size=4), "pair": st.lists(literals, min_size=2, max_size=2)}
    written = st.fixed_dictionaries({**parts, "value": values.get(OPERATORS[operator].takes, literals)})
    alike = [other for other, kind in KINDS.items() if kind == KINDS[name]]
    return written | written | st.fixed_dictionaries({**parts, "value_field": st.sampled_from(alike) | NAMES})


POSSIBLE = st.sampled_from(sorted(set(OPERATORS) - {"matches"}))
COMPARISONS = st.tuples(NAMES, POSSIBLE).flatmap(lambda chosen: comparisons(*chosen))
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds(lambda condition: {"not": condition}, inner)
        | st.builds(lambda word, all_of: {word: all_of}, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1))
    ),
    max_leaves=5,
)


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """A temporary table of 150 rows, as dicts; it goes with the transaction of the test."""
    columns = [f'"{field.column}" {field.db_type(connection)}' for field in Row._meta.concrete_fields[1:]]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE conditions_row (id bigint GENERATED BY DEFAULT AS IDENTITY, "
            + f"{', '.join(columns)}) ON COMMIT DROP"
        )
    Row.objects.bulk_create(make_rows(150))
    return list(Row.objects.values())


def compiled(condition: object, now: datetime) -> tuple[Expression, models.Q] | None:
    """Return the condition in both forms; None when it has not both."""
    try:
        expression = parse(condition)
        return expression, to_q(expression, FIELDS, now=now)
    except (InvalidExpression, NotCompilable):
        return None


@given(CONDITIONS, st.sampled_from(ZONES))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_python_and_postgresql_find_the_same_rows(
    rows: list[dict[str, Any]], condition: dict[str, Any], zone: ZoneInfo
) -> None:
    now = datetime(2026, 3, 29, 10, tzinfo=zone)
    both = compiled(condition, now)
    if both is None:
        return
    expression, q = both
    in_python = {row["id"] for row in rows if evaluate(expression, row, now=now)}
    assert set(Row.objects.filter(q).values_list("id", flat=True)) == in_python


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"field": "name", "operator": "contains", "value": "%"}, {"%", "a%b"}),
        ({"field": "name", "operator": "starts_with", "value": "a_"}, {"a_b"}),
        ({"field": "name", "operator": "ends_with", "value": "\\"}, {"\\"}),
        ({"not": {"field": "name", "operator": "contains", "value": "a"}}, {*TEXTS, None} - {"a", "ab", "a%b", "a_b"}),
    ],
)
def test_signs_of_like_are_letters_and_null_is_found_by_the_opposite(
    rows: list[dict[str, Any]], condition: dict[str, Any], names: set[str | None]
) -> None:
    q = to_q(parse(condition), FIELDS, now=datetime(2026, 3, 29, tzinfo=UTC))
    assert set(Row.objects.filter(q).values_list("name", flat=True)) == names
