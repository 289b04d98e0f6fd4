"""One page of a list: its rows as tuples, how many rows there are, and the way to the pages beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.cursors import Cursor, behind, cursor_of, cursor_text
from apps.kernel.api.reading.ordering import Order, reversed_order

PAGE_SIZE = 50
LARGEST_PAGE = 100
LAST_PAGE = 1000
COUNTED = 10_000
PARAMETERS = frozenset({"page", "page_size", "count", "cursor"})

Row = tuple[Any, ...]


class Counting(StrEnum):
    """How exactly the rows are counted."""

    EXACT = "exact"
    ESTIMATE = "estimate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page: by number, or by a cursor where there is one."""

    number: int
    size: int
    cursor: Cursor | None
    counting: Counting


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a page; `count` None where nobody counted. `next` and `previous` are parameters of the pages there."""

    rows: Sequence[Row]
    count: int | None
    is_capped: bool
    next: dict[str, str] | None
    previous: dict[str, str] | None


def wanted_page(asked: Asked, order: Order) -> Wanted:
    """Read `page`, `page_size`, `count` and `cursor`, and complain about all of them."""
    size = _number(asked, "page_size", PAGE_SIZE, LARGEST_PAGE)
    cursor = cursor_of(asked, order)
    number = _page_number(asked)
    if "cursor" in asked.parameters and "page" in asked.parameters:
        asked.refuse("page", "kernel.page.with_cursor", _("Give either a page or a cursor."))
    default = Counting.EXACT if "cursor" not in asked.parameters else Counting.NONE
    text = asked.text("count")
    if text is not None and text not in set(Counting):
        asked.refuse_unknown("count", "kernel.count.unknown", unknown=[text], known=list(Counting))
        text = None
    return Wanted(number, size, cursor, Counting(text) if text else default)


def _page_number(asked: Asked) -> int:
    text = asked.text("page") or "1"
    if text.isascii() and text.isdigit() and int(text[:9]) > LAST_PAGE:
        asked.refuse(
            "page",
            "kernel.page.too_far",
            _("Pages end at {last}. Read on with cursor=, which has no end.").format(last=LAST_PAGE),
        )
        return 1
    return _number(asked, "page", 1, LAST_PAGE)


def _number(asked: Asked, name: str, default: int, most: int) -> int:
    text = asked.text(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    asked.refuse(name, "kernel.page.invalid", _("Give a whole number from 1 to {most}.").format(most=most))
    return default


def read_page(rows: QuerySet[Any], wanted: Wanted, order: Order, columns: Sequence[str]) -> Page:
    """Fetch the page's rows as tuples of the columns followed by the sort values; one query, another to count."""
    names = [*columns, *(term.name for term in order)]
    if wanted.cursor is not None:
        return _beside_cursor(rows, wanted, wanted.cursor, order, names)
    start = (wanted.number - 1) * wanted.size
    ordered = rows.order_by(*(term.words for term in order)).values_list(*names)
    found = list(ordered[start : start + wanted.size + 1])
    has_more = len(found) > wanted.size
    is_last = not has_more and (bool(found) or wanted.number == 1)  # then the page itself says how many there are
    knows = is_last and wanted.counting is not Counting.NONE
    seen = start + len(found) if found else 0
    count, is_capped = (start + len(found), False) if knows else _count(rows, wanted.counting, seen=seen)
    following = {"page": str(wanted.number + 1)} if has_more and wanted.number < LAST_PAGE else None
    former = {"page": str(wanted.number - 1)} if wanted.number > 1 else None
    return Page(found[: wanted.size], count, is_capped, following, former)


def _beside_cursor(rows: QuerySet[Any], wanted: Wanted, cursor: Cursor, order: Order, names: list[str]) -> Page:
    way = reversed_order(order) if cursor.backward else order
    near = rows if cursor.is_start else rows.filter(behind(way, cursor.values))
    found = list(near.order_by(*(term.words for term in way)).values_list(*names)[: wanted.size + 1])
    has_more, found = len(found) > wanted.size, found[: wanted.size]
    if cursor.backward:
        found.reverse()
    width = len(order)
    has_next = bool(found) and (cursor.backward or has_more)
    has_previous = bool(found) and (has_more if cursor.backward else not cursor.is_start)
    count, is_capped = _count(rows, wanted.counting, seen=len(found) + has_more)
    return Page(
        found,
        count,
        is_capped,
        {"cursor": cursor_text(order, found[-1][-width:])} if has_next else None,
        {"cursor": cursor_text(order, found[0][-width:], backward=True)} if has_previous else None,
    )


def _count(rows: QuerySet[Any], counting: Counting, *, seen: int) -> tuple[int | None, bool]:
    if counting is Counting.NONE:
        return None, False
    if counting is Counting.ESTIMATE:  # the planner may know less than the page has shown
        return max(estimate(rows), seen), False
    found = rows.order_by().values("pk")[: COUNTED + 1].count()
    return min(found, COUNTED), found > COUNTED


def estimate(rows: QuerySet[Any]) -> int:
    """How many rows the planner expects."""
    query, parameters = rows.order_by().values("pk").query.sql_with_params()
    with connections[rows.db].cursor() as cursor:  # scope: plans the query of a scoped manager, reads no rows
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query}", parameters)
        answer = cursor.fetchone()[0]
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return int(plan[0]["Plan"]["Plan Rows"])
