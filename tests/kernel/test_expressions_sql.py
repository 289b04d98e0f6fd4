"""Conditions as database filters: the `Q` they become, and what has no equal in SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F, Q

from apps.kernel.expressions import NotCompilable, parse
from apps.kernel.expressions.sql import EVERYTHING, NOTHING, Column, to_q

NOW = datetime(2026, 3, 29, 10, tzinfo=ZoneInfo("Europe/Warsaw"))
ONE = UUID(int=1)
FIELDS = {
    "name": Column("customer__name", "text", nullable=False),
    "note": Column("note", "text"),
    "other": Column("other", "text"),
    "lines": Column("line_count", "integer", nullable=False),
    "total": Column("total", "number", nullable=False),
    "paid": Column("paid", "number"),
    "open": Column("is_open", "boolean", nullable=False),
    "due": Column("due_on", "date", nullable=False),
    "placed": Column("placed_at", "datetime", nullable=False),
    "id": Column("id", "uuid", nullable=False),
}


def compiled(condition: object) -> Q:
    return to_q(parse(condition), FIELDS, now=NOW)


def comparison(field: str, operator: str, value: object) -> dict[str, object]:
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("field", "operator", "value", "q"),
    [
        ("name", "=", "Ann", Q(customer__name__exact="Ann")),
        ("name", "contains", "50%_\\", Q(customer__name__contains="50%_\\")),
        ("name", "starts_with", "A", Q(customer__name__startswith="A")),
        ("name", "ends_with", "n", Q(customer__name__endswith="n")),
        ("name", "in", ["Ann", 5, "Bob"], Q(customer__name__in=["Ann", "Bob"])),
        ("name", "=", 5, NOTHING),
        ("name", "contains", 5, NOTHING),
        ("name", "=", None, NOTHING),
        ("total", ">", 10.5, Q(total__gt=Decimal("10.5"))),
        ("total", "between", [1, 2], Q(total__gte=1) & Q(total__lte=2)),
        ("open", "=", True, Q(is_open__exact=True)),
        ("due", "<", "2026-03-29", Q(due_on__lt=date(2026, 3, 29))),
        ("due", "=", "someday", NOTHING),
        ("id", "=", str(ONE), Q(id__exact=ONE)),
        ("id", "=", str(ONE).replace("0", "A", 1), NOTHING),
        ("id", "=", "not an id", NOTHING),
    ],
)
def test_comparisons_become_look_ups(field: str, operator: str, value: object, q: Q) -> None:
    assert compiled(comparison(field, operator, value)) == q


@pytest.mark.parametrize(
    ("operator", "value", "q"),
    [
        ("=", 2.5, NOTHING),
        ("=", 2.0, Q(line_count__exact=2)),
        (">", 2.5, Q(line_count__gt=2)),
        (">=", 2.5, Q(line_count__gt=2)),
        ("<", 2.5, Q(line_count__lte=2)),
        ("<=", -2.5, Q(line_count__lte=-3)),
    ],
)
def test_fractions_beside_whole_numbers_are_not_cut_off(operator: str, value: float, q: Q) -> None:
    assert compiled(comparison("lines", operator, value)) == q


START = datetime(2026, 3, 28, 23, tzinfo=UTC)  # midnights in Warsaw, on the day the clocks change
END = datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("operator", "q"),
    [
        ("=", Q(placed_at__gte=START) & Q(placed_at__lt=END)),
        (">", Q(placed_at__gte=END)),
        (">=", Q(placed_at__gte=START)),
        ("<", Q(placed_at__lt=START)),
        ("<=", Q(placed_at__lt=END)),
    ],
)
def test_a_day_beside_a_moment_is_the_span_of_that_day(operator: str, q: Q) -> None:
    assert compiled(comparison("placed", operator, {"today": []})) == q
    assert compiled(comparison("placed", operator, "2026-03-29")) == q


def test_null_is_false_and_so_its_opposite_true() -> None:
    present = Q(paid__isnull=False)
    assert compiled(comparison("paid", ">", 5)) == Q(paid__gt=5) & present
    assert compiled(comparison("paid", "!=", 5)) == ~(Q(paid__exact=5) & present)
    assert compiled(comparison("paid", "in", [None, 5])) == (Q(paid__in=[5]) & present) | Q(paid__isnull=True)


@pytest.mark.parametrize(
    ("field", "q"),
    [
        ("name", NOTHING | Q(customer__name__exact="")),
        ("note", Q(note__isnull=True) | (Q(note__exact="") & Q(note__isnull=False))),
        ("paid", Q(paid__isnull=True)),
        ("total", NOTHING),
    ],
)
def test_empty_is_null_or_text_of_nothing(field: str, q: Q) -> None:
    assert compiled({"field": field, "operator": "is_empty"}) == q
    assert compiled({"field": field, "operator": "is_not_empty"}) == ~q


def test_two_columns_are_compared_with_each_other() -> None:
    q = compiled({"field": "paid", "operator": "<", "value_field": "total"})
    assert q == Q(paid__lt=F("total")) & Q(paid__isnull=False)


def test_two_empty_columns_are_equal() -> None:
    q = compiled({"field": "note", "operator": "=", "value_field": "other"})
    both = Q(note__exact=F("other")) & Q(note__isnull=False) & Q(other__isnull=False)
    assert q == both | (Q(note__isnull=True) & Q(other__isnull=True))


def test_groups_are_kept() -> None:
    one, two = comparison("total", ">", 1), comparison("open", "=", True)
    assert compiled({"and": [one, {"not": {"or": [two, one]}}]}) == Q(total__gt=1) & ~(
        Q(is_open__exact=True) | Q(total__gt=1)
    )


@pytest.mark.parametrize("condition", [None, {"and": []}, {"field": "total", "operator": "exists"}])
def test_what_always_holds_finds_every_row(condition: object) -> None:
    assert compiled(condition) == EVERYTHING


@pytest.mark.parametrize(
    ("condition", "path", "reason"),
    [
        (comparison("secret", "=", 1), "field", "secret is no field of this list"),
        ({"field": "total", "operator": "=", "value_field": "secret"}, "value_field", "secret is no field"),
        (comparison("name", ">", "m"), "value", "order of its own for text"),
        (comparison("open", ">", 1), "value", "order of its own for boolean"),
        (comparison("name", "matches", "^A"), "The condition", "Python only"),
        (
            {"field": {"lower": [{"field": "name"}]}, "operator": "=", "value": "a"},
            "field.lower",
            "left side",
        ),
        (comparison("total", "=", {"add": [{"field": "paid"}, 1]}), "value.add", "depends on a field"),
        (comparison("id", "contains", "a"), "value", "as a whole"),
        ({"field": "name", "operator": "=", "value_field": "total"}, "value_field", "does not meet"),
        ({"field": "total", "operator": "in", "value_field": "paid"}, "value_field", "not written out"),
        (
            {"and": [{"any": {"list": "items", "where": comparison("item", "=", 1)}}]},
            "and[0]",
            "looks into a list",
        ),
        ({"not": comparison("name", "=", [None, None])}, "not.value", "not a list"),
        (comparison("name", "in", [["Ann"]]), "value[0]", "not a list"),
    ],
)
def test_what_sql_cannot_say_alike_is_refused(condition: object, path: str, reason: str) -> None:
    with pytest.raises(NotCompilable) as refusal:
        compiled(condition)
    assert refusal.value.context["path"] == path
    assert reason in refusal.value.context["reason"]
