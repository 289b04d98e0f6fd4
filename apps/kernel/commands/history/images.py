"""Row images as plain values, and the net effect of an action on each row."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

COLUMNS = "i.action_id, i.seq, i.table_name, i.row_id, i.operation, i.before, i.after"
# The first images of each action inside each root, so that one huge action hides no other.
FIRST_IMAGES = f"""
SELECT member.root, {COLUMNS} FROM unnest(%(roots)s::uuid[], %(members)s::uuid[]) AS member (root, id)
CROSS JOIN LATERAL (SELECT * FROM row_image WHERE action_id = member.id ORDER BY seq LIMIT %(most)s) AS i
ORDER BY i.seq
"""  # noqa: S608 - constant texts
IMAGES_OF_ROWS = f"""
SELECT member.root, {COLUMNS} FROM unnest(%(roots)s::uuid[], %(members)s::uuid[]) AS member (root, id)
JOIN row_image i ON i.action_id = member.id WHERE i.row_id = ANY(%(rows)s::uuid[]) ORDER BY i.seq
"""  # noqa: S608 - constant texts
TOTALS = """
SELECT member.root, count(*) FROM unnest(%(roots)s::uuid[], %(members)s::uuid[]) AS member (root, id)
JOIN row_image i ON i.action_id = member.id GROUP BY member.root
"""
# Those of the actions that have changed a row themselves or in an action inside them; the first one found is enough.
CHANGED = """
SELECT root FROM unnest(%s::uuid[]) AS root WHERE EXISTS (
    WITH RECURSIVE tree AS (
        SELECT root AS id UNION ALL SELECT child.id FROM action child JOIN tree ON child.parent_id = tree.id)
    SELECT FROM tree JOIN row_image i ON i.action_id = tree.id)
"""

BOOKKEEPING = frozenset({"version", "updated_at"})
Trees = Mapping[UUID, Iterable[UUID]]


@dataclass(frozen=True, slots=True)
class Image:
    """What happened to one row: `operation` is I, U or D; `before` and `after` hold columns as JSON values."""

    action_id: UUID
    seq: int
    table_name: str
    row_id: UUID
    operation: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def first_images(trees: Trees, *, most: int) -> dict[UUID, list[Image]]:
    """For each root at most `most` images of each action inside it, in the order of writing. One query."""
    return _read(FIRST_IMAGES, trees, most=most)


def images_of_rows(trees: Trees, row_ids: Collection[UUID]) -> dict[UUID, list[Image]]:
    """For each root what happened to these rows. One query."""
    return _read(IMAGES_OF_ROWS, trees, rows=list(row_ids))


def image_counts(trees: Trees) -> dict[UUID, int]:
    """How many images each root has in all. One query."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, _members(trees))
        return dict(cursor.fetchall())


def changing(action_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the actions that have changed anything. One query."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [list(action_ids)])
        return {root for (root,) in cursor.fetchall()}


def _members(trees: Trees) -> dict[str, Any]:
    pairs = [(root, member) for root, members in trees.items() for member in members]
    return {"roots": [root for root, _ in pairs], "members": [member for _, member in pairs]}


def _read(sql: str, trees: Trees, **values: Any) -> dict[UUID, list[Image]]:
    found: dict[UUID, list[Image]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_members(trees), **values})
        for root, action_id, seq, table, row_id, operation, before, after in cursor.fetchall():
            image = Image(action_id, seq, table, row_id, operation, _facts(before), _facts(after))
            found[root].append(image)
    return found


def _facts(text: Any) -> Mapping[str, Any] | None:
    """Django has its connections hand out JSON as text; decimals keep their places."""
    if not isinstance(text, str):
        return None
    facts: Mapping[str, Any] = json.loads(text, parse_float=Decimal)
    return facts


def net_effects(images: Iterable[Image]) -> list[Image]:
    """One image for each row, from its first `before` to its last `after`; a row that came and went has none."""
    found: dict[tuple[str, UUID], Image] = {}
    for image in images:
        key = (image.table_name, image.row_id)
        first = found.get(key)
        found[key] = image if first is None else replace(first, after=image.after)
    return [
        replace(item, operation=_operation(item))
        for item in found.values()
        if _facts_of(item.before) != _facts_of(item.after)
    ]


def _facts_of(image: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The row without what every save changes."""
    return None if image is None else {name: value for name, value in image.items() if name not in BOOKKEEPING}


def _operation(image: Image) -> str:
    if image.before is None:
        return "I"
    return "D" if image.after is None else "U"
