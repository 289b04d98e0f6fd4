"""Tags: adding, changing, deleting, and merging one into another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.features import MANAGE_SETTINGS
from apps.customers.models import Tag, Tagging
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = ("label", "color", "description")


def _new_tag(scope: Scope) -> dict[str, Any]:
    return {"label": f"Key account {uuid7().hex[-6:]}", "color": "#0A7D4F"}


def _some_tag(scope: Scope) -> dict[str, Any]:
    return {"tag_id": create_tag(**_new_tag(scope)).pk}


def _changed_tag(scope: Scope) -> dict[str, Any]:
    return {**_some_tag(scope), "description": "Visited every month"}


@command("customers.tag.create", feature=MANAGE_SETTINGS, example=_new_tag)
def create_tag(*, label: str, color: str = "", description: str = "") -> Tag:
    """Add a tag. Raises InvalidInput, Duplicate."""
    tag = Tag(label=label, color=color, description=description)
    _demand_sound(tag)
    tag.save(force_insert=True)
    return tag


@command("customers.tag.update", feature=MANAGE_SETTINGS, example=_changed_tag)
def update_tag(
    tag_id: UUID,
    *,
    label: str | Unchanged = UNCHANGED,
    color: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
) -> Tag:
    """Change what is given. Raises RowNotFound, InvalidInput, Duplicate."""
    tag = load_living(Tag, tag_id)
    changed = set_given(tag, label=label, color=color, description=description)
    _demand_sound(tag)
    tag.save(update_fields=[*changed, "normalized_label", "version"])
    return tag


@command("customers.tag.delete", feature=MANAGE_SETTINGS, example=_some_tag)
def delete_tag(tag_id: UUID) -> Tag:
    """Hide a tag and take it from all customers; undo gives it back to them. Raises RowNotFound, InUse."""
    tag = load_living(Tag, tag_id)
    keep_pointers_out(tag)
    release(Tag.entity_id, [tag.pk])
    Tagging.objects.filter(tag=tag).delete()
    mark_hidden(tag)
    return tag


def _demand_sound(tag: Tag) -> None:
    tag.label = " ".join(tag.label.split())
    tag.normalized_label = tag.label.casefold()
    demand_valid(tag, FIELDS)
    place = current_scope().organization_id if tag._state.adding else tag.organization_id
    twins = Tag.objects.filter(organization_id=place, normalized_label=tag.normalized_label, deleted_at__isnull=True)
    if twins.exclude(pk=tag.pk).exists():
        text = _("There is a tag of this label already.")
        raise Duplicate(errors=(FieldError("label", Duplicate.code, text),), fields="label")
