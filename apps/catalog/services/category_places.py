"""Where a category stands: locks, its parent, its place among the children of one, and the paths below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from apps.catalog.calculations.categories import Places, placed
from apps.catalog.errors import CategoryCircular
from apps.catalog.models import Category
from apps.catalog.selectors import children_of
from apps.kernel import clock
from apps.kernel.commands.loading import hold_lock, load_living
from apps.kernel.commands.translation import constraint_of
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.references.validation import no_such_record

# Rows that only make way or move along keep their versions: whoever has one open has nothing to decide anew, and an
# order for many may go on with them. The record that a command is about gets its version when it is saved.
# A path has 37 characters for each level and stands in an index, whose entries are short.
MOST_LEVELS: Final = 32
TOO_DEEP = "catalog.category.too_deep"
RENUMBER: Final = """
UPDATE category SET position = given.position, updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(positions)s::int[]) AS given (id, position)
WHERE category.id = given.id AND category.position <> given.position
"""


def hold_tree(organization_id: UUID) -> None:
    """Let whoever changes the tree of one organization follow one another; the database's own checks take this too."""
    hold_lock(f"categories of {organization_id}")


def living_category(category_id: UUID) -> Category:
    """The category, locked after the tree that it stands in. Raises RowNotFound, StaleVersion."""
    owner = Category.objects.filter(pk=category_id).values_list("organization_id", flat=True).first()
    if owner is None:
        raise RowNotFound
    hold_tree(owner)
    return load_living(Category, category_id)


def parent_among(organization_id: UUID, parent_id: UUID | None) -> Category | None:
    """The living category of the organization with this id, None where there is none."""
    if parent_id is None:
        return None
    rows = Category.objects.filter(organization_id=organization_id, deleted_at__isnull=True)
    found: Category | None = rows.filter(pk=parent_id).first()
    return found


def parent_complaints(category: Category, parent_id: UUID | None, parent: Category | None) -> Iterator[FieldError]:
    """What keeps the category, with all that is below it, from standing under the parent that was asked for."""
    if parent_id is not None and parent is None:
        yield no_such_record("parent_id")
    elif _levels(category) + (parent.depth + 1 if parent else 0) > MOST_LEVELS:
        text = _("There are at most {most} levels of categories.").format(most=MOST_LEVELS)
        yield FieldError("parent_id", TOO_DEEP, text)


def _levels(category: Category) -> int:
    """How many levels the category takes, itself included."""
    if category._state.adding:
        return 1
    deepest = Category.objects.filter(path__startswith=category.path).aggregate(models.Max("depth"))["depth__max"]
    return int(deepest) - category.depth + 1


def demand_no_circle(category: Category, parent: Category | None) -> None:
    """Refuse a parent that is the category itself or below it. Raises CategoryCircular."""
    if parent is not None and parent.path.startswith(category.path):
        raise circular()


def circular() -> CategoryCircular:
    """The refusal, on the field."""
    text = _("Choose a parent that is not below the category.")
    return CategoryCircular(errors=(FieldError("parent_id", CategoryCircular.code, text),))


@contextmanager
def circles_refused() -> Iterator[None]:
    """Say what the database's own check says as the module does. Raises CategoryCircular."""
    try:
        yield
    except IntegrityError as error:
        if constraint_of(error) == "category_no_circle":
            raise circular() from error
        raise


def make_way(category: Category, parent: Category | None, place: int | None) -> int:
    """The category's number at a place among the parent's other children, who are renumbered where they must be."""
    rows = list(
        children_of(category.organization_id, parent.pk if parent else None)
        .exclude(pk=category.pk)
        .values_list("pk", "position")
    )
    found = placed([number for _pk, number in rows], place)
    renumber({rows[index][0]: number for index, number in found.moved.items()})
    return found.own[0]


def renumber(positions: Mapping[UUID, int]) -> None:
    """Give categories new numbers, in one statement."""
    if not positions:
        return
    values: dict[str, Any] = {"now": clock.now(), "ids": list(positions), "positions": list(positions.values())}
    with connection.cursor() as cursor:  # scope: ids that were read in the scope, behind the wall
        cursor.execute(RENUMBER, values)


def plant(category: Category, parent: Category | None) -> None:
    """Give a category that is not stored yet its path."""
    category.parent = parent
    category.path = f"{parent.path if parent else ''}{category.pk}/"
    category.depth = parent.depth + 1 if parent else 0


def replant(category: Category, parent: Category | None) -> None:
    """Hang a category under another parent with everything below it: one statement, which touches nothing else.

    Deleted ones move along, so that their paths stay right.
    """
    former, former_depth = category.path, category.depth
    plant(category, parent)
    with circles_refused():
        Category.objects.filter(path__startswith=former).update(
            parent_id=Case(When(pk=category.pk, then=_key(category.parent_id)), default=F("parent_id")),
            path=Concat(Value(category.path), Substr("path", len(former) + 1)),
            depth=F("depth") + (category.depth - former_depth),
            updated_at=clock.now(),
        )


def lift_children(category: Category) -> None:
    """Let the children of a category that goes stand in its place, with everything below them: two statements."""
    parent: Category | None = category.parent
    children = list(children_of(category.organization_id, category.pk).values_list("pk", flat=True))
    if not children:
        return
    positions = _in_place_of(category, children)
    above = parent.path if parent else ""
    Category.objects.filter(path__startswith=category.path, deleted_at__isnull=True).exclude(pk=category.pk).update(
        parent_id=Case(When(parent_id=category.pk, then=_key(category.parent_id)), default=F("parent_id")),
        path=Concat(Value(above, output_field=models.TextField()), Substr("path", len(category.path) + 1)),
        depth=F("depth") - 1,
        updated_at=clock.now(),
    )
    renumber(positions)


def _in_place_of(category: Category, children: Sequence[UUID]) -> dict[UUID, int]:
    """Numbers of the children where the category stands now, and of those who make way."""
    rows = list(children_of(category.organization_id, category.parent_id).values_list("pk", "position"))
    index = [pk for pk, _number in rows].index(category.pk)
    others = rows[:index] + rows[index + 1 :]
    found: Places = placed([number for _pk, number in others], index, count=len(children))
    moved = {others[place][0]: number for place, number in found.moved.items()}
    return dict(zip(children, found.own, strict=True)) | moved


def _key(category_id: UUID | None) -> Value:
    return Value(category_id, output_field=models.UUIDField())
