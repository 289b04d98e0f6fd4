"""Record types: adding, changing, deleting, restoring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.entities.errors import TypeInUse, TypeKeyTaken, TypeNotDeleted
from apps.entities.features import TYPES_MANAGE
from apps.entities.models import Record, RecordType
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update, load_living
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope

FIELDS = ("key", "label", "label_plural", "icon", "description", "label_field")
# Words that stand for something else in addresses and features below `entities`.
RESERVED = frozenset({"definitions", "types", "indexes", "records", "fields", "type", "definition", "record", "all"})


def _new(scope: Scope) -> dict[str, Any]:
    return {"key": f"thing_{uuid7().hex[-8:]}", "label": "Thing", "label_plural": "Things"}


def _some(scope: Scope) -> dict[str, Any]:
    return {"type_id": create_type(**_new(scope)).pk}


def _changed(scope: Scope) -> dict[str, Any]:
    return {**_some(scope), "label": "Gadget"}


def _deleted(scope: Scope) -> dict[str, Any]:
    return {"type_id": delete_type(**_some(scope)).pk}


@command("entities.type.create", feature=TYPES_MANAGE, example=_new)
def create_type(
    *, key: str, label: str, label_plural: str = "", icon: str = "", description: str = "", label_field: str = ""
) -> RecordType:
    """Add a type. Raises InvalidInput, TypeKeyTaken."""
    kind = RecordType(
        key=key,
        label=label,
        label_plural=label_plural or label,
        icon=icon,
        description=description,
        label_field=label_field,
    )
    demand_valid(kind, FIELDS, more=_reserved(key))
    if RecordType.objects.filter(key=key).exists():
        raise TypeKeyTaken(errors=(FieldError("key", TypeKeyTaken.code, str(TypeKeyTaken.message)),))
    kind.save(force_insert=True)
    return kind


def _reserved(key: str) -> list[FieldError]:
    text = _("This word stands for something else.")
    return [FieldError("key", "reserved", text)] if key in RESERVED else []


@command("entities.type.update", feature=TYPES_MANAGE, example=_changed)
def update_type(
    type_id: UUID,
    *,
    key: str | None = None,
    label: str | None = None,
    label_plural: str | None = None,
    icon: str | None = None,
    description: str | None = None,
    label_field: str | None = None,
) -> RecordType:
    """Change how a type is called and shown; None leaves a field as it is, and `key` may only repeat what it was.

    Raises RowNotFound, InvalidInput.
    """
    kind = load_living(RecordType, type_id)
    if key not in {None, kind.key}:
        raise InvalidInput(errors=(FieldError("key", "fixed", _("The key of a type never changes.")),))
    given = {
        "label": label,
        "label_plural": label_plural,
        "icon": icon,
        "description": description,
        "label_field": label_field,
    }
    for name, value in given.items():
        if value is not None:
            setattr(kind, name, value)
    demand_valid(kind, FIELDS)
    kind.save(update_fields=[*given, "version"])
    return kind


@command("entities.type.delete", feature=TYPES_MANAGE, example=_some)
def delete_type(type_id: UUID) -> RecordType:
    """Hide a type without records; its fields stay as they are. Raises RowNotFound, TypeInUse with the number."""
    kind = load_living(RecordType, type_id)
    keep_pointers_out(kind)
    demand_empty(kind.pk)
    hide(kind)
    return kind


def demand_empty(type_id: UUID) -> None:
    """Refuse while living records are of the type, wherever in the tenant they are. Raises TypeInUse."""
    with whole_tenant():
        count = Record.objects.filter(type_id=type_id, deleted_at__isnull=True).count()
    if count:
        raise TypeInUse(records=count)


@command("entities.type.restore", feature=TYPES_MANAGE, example=_deleted)
def restore_type(type_id: UUID) -> RecordType:
    """Bring a deleted type back. Raises RowNotFound, TypeNotDeleted."""
    kind = load_for_update(RecordType, type_id)
    if not kind.is_deleted:
        raise TypeNotDeleted
    kind.deleted_at = None
    kind.save(update_fields=["deleted_at", "version"])
    return kind
