"""A tree of 50,000 categories: what a move touches, and how long moves, pages and the whole tree take."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest

from apps.catalog.models import Category
from apps.catalog.services import delete_category, move_category
from apps.kernel.commands.models import RowImage
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_category, seller
from tests.support import databases
from tests.support.scopes import House, reading, seeding

pytestmark = [pytest.mark.prove, pytest.mark.committed]
NODES, BRANCHES, CHUNK = 50_000, 500, 5_000
CATEGORIES = "/api/catalog/categories/"


def large_tree(house: House) -> tuple[Category, Category]:
    """A root with 500 branches of 99 leaves; the root and a branch."""
    root = make_category(house, "Root")
    branches = [_child(root, f"b{number}", number) for number in range(BRANCHES)]
    leaves = [
        _child(branch, f"l{number}-{place}", place)
        for number, branch in enumerate(branches)
        for place in range(NODES // BRANCHES - 1)
    ]
    for rows in (branches, *(leaves[first : first + CHUNK] for first in range(0, len(leaves), CHUNK))):
        with seeding(house.scope(house.north)):
            Category.objects.bulk_create(rows)
        with databases.admin(databases.worker_database()) as session:
            session.execute("ANALYZE category")  # as the server does by itself after a minute
    return root, branches[7]


def _child(parent: Category, name: str, position: int) -> Category:
    row = Category(name=name, slug=name, parent=parent, depth=parent.depth + 1, position=position)
    row.path = f"{parent.path}{row.pk}/"
    return row


def timed(name: str, call: Callable[[], Any]) -> Any:
    start = perf_counter()
    found = call()
    print(f"{name}: {(perf_counter() - start) * 1000:,.0f} ms")
    return found


def test_a_move_in_a_tree_of_50_000_touches_its_subtree_alone(house: House) -> None:
    root, branch = timed("50,000 categories written", lambda: large_tree(house))
    target, bob = make_category(house, "Target"), seller(house)
    with using_scope(house.scope(house.north)):
        timed("100 of 50,000 moved", lambda: move_category(branch.pk, parent_id=target.pk))
    with reading(house.scope(house.north)):
        touched = set(RowImage.objects.filter(table_name="category", operation="U").values_list("row_id", flat=True))
        below = set(Category.objects.filter(path__startswith=target.path).values_list("pk", flat=True))
    assert len(touched) == NODES // BRANCHES
    assert touched == below - {target.pk}
    bob.get(CATEGORIES, {"page_size": 1})  # what a process does once
    timed("first page of the list", lambda: bob.get(CATEGORIES))
    timed("its fields without those around it", lambda: bob.get(CATEGORIES, {"fields": "id,name"}))
    timed("two levels of the tree", lambda: bob.get(f"{CATEGORIES}tree/", {"depth": 2}))
    whole = timed("the whole tree", lambda: bob.get(f"{CATEGORIES}tree/").json())
    assert whole["count"] == NODES + 2
    with using_scope(house.scope(house.north)):
        timed("49,901 of 50,000 moved", lambda: move_category(root.pk, parent_id=target.pk))
        timed("49,900 of 50,000 lifted", lambda: delete_category(root.pk))
