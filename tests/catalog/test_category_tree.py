"""The tree of categories in the database: what raw SQL may not do, two at once, and how much a move touches."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections

from apps.catalog.calculations.categories import Places, placed
from apps.catalog.errors import CategoryCircular
from apps.catalog.models import Category
from apps.catalog.services import delete_category, move_category
from apps.catalog.services.category_places import circles_refused
from apps.kernel.errors import PlatformError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_category
from tests.support.scopes import House, reading, seeding


@pytest.mark.parametrize(
    ("numbers", "place", "count", "own", "moved"),
    [
        ([], None, 1, (0,), {}),
        ([0, 1, 2], None, 1, (3,), {}),
        ([0, 1, 2], 99, 1, (3,), {}),
        ([0, 1, 2], 0, 1, (0,), {0: 1, 1: 2, 2: 3}),
        ([0, 1, 2], 1, 1, (1,), {1: 2, 2: 3}),
        ([0, 4, 5], 1, 1, (1,), {}),
        ([0, 1, 3], 1, 1, (1,), {1: 2}),
        ([3], 0, 2, (0, 1), {}),
        ([0, 1], 1, 3, (1, 2, 3), {1: 4}),
        ([0, 0, 0], 1, 1, (1,), {1: 2, 2: 3}),
    ],
)
def test_only_those_who_must_make_way_get_new_numbers(
    numbers: list[int], place: int | None, count: int, own: tuple[int, ...], moved: dict[int, int]
) -> None:
    assert placed(numbers, place, count=count) == Places(own, moved)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("parent_id = %(child)s", "category_no_circle"),
        ("parent_id = id", "category_no_circle"),
        ("parent_id = NULL, path = id || '/'", "category_path_right"),
        ("depth = 7", "category_path_right"),
        ("path = 'x/'", "category_path_right"),
        ("deleted_at = now()", "category_path_right"),
    ],
)
def test_raw_sql_leaves_the_tree_right_or_is_refused(house: House, change: str, constraint: str) -> None:
    root = make_category(house, "Root")
    middle = make_category(house, "Middle", root)
    child = make_category(house, "Child", middle)
    with (
        pytest.raises(IntegrityError, match="categor") as refused,
        seeding(house.scope(house.north)),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE category SET {change} WHERE id = %(id)s", {"id": middle.pk, "child": child.pk})
    assert refused.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_the_refusal_of_the_database_is_said_as_the_module_does(house: House) -> None:
    root = make_category(house, "Root")
    child = make_category(house, "Child", root)
    with pytest.raises(CategoryCircular), seeding(house.scope(house.north)), circles_refused():
        Category.objects.filter(pk=root.pk).update(parent_id=child.pk)


def test_a_parent_of_another_organization_is_refused_by_the_database(house: House) -> None:
    root = make_category(house, "Root")
    with seeding(house.scope(house.south)):
        south = Category(name="South", path="")
        south.path = f"{south.pk}/"
        south.save(force_insert=True)
    with pytest.raises(IntegrityError, match="another organization"), seeding(house.scope(house.north, house.south)):
        Category.objects.filter(pk=root.pk).update(parent_id=south.pk)


def at_once(house: House, *moves: Any) -> list[str]:
    """Do all of them at the same time; how each ended, sorted."""
    start, outcomes = threading.Barrier(len(moves)), list[str]()

    def run(move: Any) -> None:
        try:
            start.wait()
            with using_scope(house.scope(house.north)):
                move()
            outcomes.append("done")
        except PlatformError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def parents(house: House) -> dict[UUID, UUID | None]:
    with reading(house.scope(house.north)):
        return dict(Category.objects.filter(deleted_at__isnull=True).values_list("pk", "parent_id"))


@pytest.mark.committed
def test_two_moves_at_once_close_no_circle(house: House) -> None:
    for _each in range(3):
        one, two = make_category(house, f"One {uuid7().hex}"), make_category(house, f"Two {uuid7().hex}")
        ended = at_once(
            house,
            lambda one=one, two=two: move_category(one.pk, parent_id=two.pk),
            lambda one=one, two=two: move_category(two.pk, parent_id=one.pk),
        )
        assert ended == ["catalog.category.circular", "done"]
        found = parents(house)
        assert {found[one.pk], found[two.pk]} in ({None, two.pk}, {None, one.pk})


@pytest.mark.committed
def test_nobody_comes_below_a_parent_that_goes_at_the_same_time(house: House) -> None:
    parent, other = make_category(house, "Parent"), make_category(house, "Other")
    ended = at_once(house, lambda: delete_category(parent.pk), lambda: move_category(other.pk, parent_id=parent.pk))
    assert ended in (["done", "done"], ["done", "kernel.reference.unknown"], ["done", "kernel.invalid"])
    assert parents(house) == {other.pk: None}
