"""Categories: adding, changing, moving, arranging, deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from apps.catalog.errors import CategoryOrderIncomplete
from apps.catalog.features import MANAGE_CATEGORIES
from apps.catalog.models import Category, CategoryAssignment
from apps.catalog.selectors import children_of
from apps.catalog.services.category_places import (
    demand_no_circle,
    hold_tree,
    lift_children,
    living_category,
    make_way,
    parent_among,
    parent_complaints,
    plant,
    renumber,
    replant,
)
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.words import free_slug, slug_of, squeezed

FIELDS = ("name", "slug", "description")
MOST_ORDERED: Final = 1000
LONGEST_SLUG: Final = 150
NAMELESS = "category"


def _new_category(scope: Scope) -> dict[str, Any]:
    return {"name": f"Shirts {uuid7().hex[-6:]}"}


def new_category(scope: Scope, parent_id: UUID | None = None) -> UUID:
    """Id of a category for examples."""
    return create_category(**_new_category(scope), parent_id=parent_id).pk


def _some_category(scope: Scope) -> dict[str, Any]:
    return {"category_id": new_category(scope)}


def _changed_category(scope: Scope) -> dict[str, Any]:
    return {**_some_category(scope), "name": f"Blouses {uuid7().hex[-6:]}", "is_active": False}


def _moved_category(scope: Scope) -> dict[str, Any]:
    category, parent = new_category(scope), new_category(scope)
    new_category(scope, category)
    new_category(scope, parent)
    return {"category_id": category, "parent_id": parent, "position": 0}


def _deleted_category(scope: Scope) -> dict[str, Any]:
    category = new_category(scope)
    new_category(scope, new_category(scope, category))
    return {"category_id": category}


def _ordered_categories(scope: Scope) -> dict[str, Any]:
    parent = new_category(scope)
    return {"parent_id": parent, "category_ids": [new_category(scope, parent) for _each in range(3)][::-1]}


@command("catalog.category.create", feature=MANAGE_CATEGORIES, example=_new_category)
def create_category(
    *,
    name: str,
    slug: str = "",
    description: str = "",
    parent_id: UUID | None = None,
    position: int | None = None,
    is_active: bool = True,
    custom_fields: Mapping[str, Any] | None = None,
) -> Category:
    """Add a category below a parent of its organization, or at the top with None.

    `slug` "" takes a free one made from the name. `position` counts the parent's children from 0, None is the end.
    Raises InvalidInput with all complaints, Duplicate for a handle that is taken.
    """
    category = Category(organization_id=current_scope().writing_organization(), is_active=is_active)
    category.name, category.slug, category.description = name, slug, description
    category.take(custom_fields)
    hold_tree(category.organization_id)
    parent = parent_among(category.organization_id, parent_id)
    _demand_sound(category, parent_complaints(category, parent_id, parent))
    plant(category, parent)
    category.position = make_way(category, parent, position)
    category.save(force_insert=True)
    return category


@command("catalog.category.update", feature=MANAGE_CATEGORIES, example=_changed_category, retryable=True)
def update_category(
    category_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    slug: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    parent_id: UUID | Unchanged | None = UNCHANGED,
    position: int | Unchanged | None = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
    custom_fields: Mapping[str, Any] | None = None,
) -> Category:
    """Change what is given; another parent moves the category with everything below it, to the end or to a place.

    A `slug` of "" is made anew from the name. Raises RowNotFound, CategoryCircular, InvalidInput with all complaints,
    Duplicate.
    """
    category = living_category(category_id)
    changed = set_given(category, name=name, slug=slug, description=description, is_active=is_active)
    category.take(custom_fields)
    target = category.parent_id if parent_id is UNCHANGED else parent_id
    parent = _new_parent(category, target)
    _demand_sound(category, parent_complaints(category, target, parent))
    if target != category.parent_id or position is not UNCHANGED:
        _settle(category, parent, None if position is UNCHANGED else position)
    category.save(update_fields=[*changed, "slug", "position", "custom", "version"])
    return category


@command("catalog.category.move", feature=MANAGE_CATEGORIES, example=_moved_category, retryable=True)
def move_category(category_id: UUID, *, parent_id: UUID | None, position: int | None = None) -> Category:
    """Hang a category and everything below it under another parent, or at the top with None; only these are touched.

    `position` counts the parent's other children from 0, None is the end; there those behind it make way. Raises
    RowNotFound, CategoryCircular, InvalidInput for an unknown parent.
    """
    category = living_category(category_id)
    parent = _new_parent(category, parent_id)
    if complaints := tuple(parent_complaints(category, parent_id, parent)):
        raise InvalidInput(errors=complaints)
    _settle(category, parent, position)
    category.save(update_fields=["position", "version"])
    return category


@command("catalog.category.reorder", feature=MANAGE_CATEGORIES, example=_ordered_categories, bulk=True)
def reorder_categories(*, parent_id: UUID | None = None, category_ids: Sequence[UUID]) -> list[Category]:
    """Arrange all children of a category, or all at the top of the organization with None. One statement.

    Raises InvalidInput for an unknown parent, CategoryOrderIncomplete unless each living child is named once.
    """
    organization_id = _owner(parent_id)
    hold_tree(organization_id)
    if parent_id is not None and parent_among(organization_id, parent_id) is None:
        raise _unknown_parent()
    present = set(children_of(organization_id, parent_id).values_list("pk", flat=True))
    if len(category_ids) != len(present) or set(category_ids) != present:
        text = str(CategoryOrderIncomplete.message)
        raise CategoryOrderIncomplete(errors=(FieldError("category_ids", CategoryOrderIncomplete.code, text),))
    renumber({pk: place for place, pk in enumerate(category_ids)})
    return list(children_of(organization_id, parent_id))


@command("catalog.category.delete", feature=MANAGE_CATEGORIES, example=_deleted_category, retryable=True)
def delete_category(category_id: UUID) -> Category:
    """Hide a category: its children take its place under its parent, its products leave it; undo puts all back.

    Raises RowNotFound, InUse with counts.
    """
    category = living_category(category_id)
    keep_pointers_out(category)
    release(Category.entity_id, [category.pk])
    CategoryAssignment.objects.filter(category=category).delete()
    lift_children(category)
    mark_hidden(category)
    return category


def _owner(parent_id: UUID | None) -> UUID:
    """The organization whose tree it is: the parent's, and at the top the one that is written to."""
    if parent_id is None:
        return current_scope().writing_organization()
    found: UUID | None = Category.objects.filter(pk=parent_id).values_list("organization_id", flat=True).first()
    if found is None:
        raise _unknown_parent()
    return found


def _unknown_parent() -> InvalidInput:
    return InvalidInput(errors=(no_such_record("parent_id"),))


def _new_parent(category: Category, parent_id: UUID | None) -> Category | None:
    """The parent that is asked for, None for none or an unknown one. Raises CategoryCircular."""
    parent = parent_among(category.organization_id, parent_id)
    demand_no_circle(category, parent)
    return parent


def _settle(category: Category, parent: Category | None, position: int | None) -> None:
    """Bring the category to its parent and place; saving its number is the caller's."""
    number = make_way(category, parent, position)
    if category.parent_id != (parent.pk if parent else None):
        replant(category, parent)
    category.position = number


def _demand_sound(category: Category, complaints: Any) -> None:
    category.name = squeezed(category.name)
    if not category.slug:
        category.slug = _made_slug(category)
    demand_valid(category, FIELDS, more=complaints)


def _made_slug(category: Category) -> str:
    """A free handle made from the name."""
    wanted = slug_of(category.name, longest=LONGEST_SLUG) or NAMELESS
    taken = Category.objects.filter(
        organization_id=category.organization_id, slug__startswith=wanted[:100], deleted_at__isnull=True
    )
    return free_slug(wanted, set(taken.exclude(pk=category.pk).values_list("slug", flat=True)), longest=LONGEST_SLUG)
