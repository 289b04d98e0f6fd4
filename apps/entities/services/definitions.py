"""Definitions of custom fields: making, changing and ordering them, deleting them and bringing them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, F, IntegerField, Max, Value, When
from django.utils.translation import gettext as _

from apps.entities.calculations.definitions import removed_options
from apps.entities.contracts import FieldDefinition as Field
from apps.entities.errors import EncryptionKept, KeyHasValues, NotDeleted
from apps.entities.features import MANAGE
from apps.entities.models import FieldDefinition
from apps.entities.selectors import entities_with_fields, living_definitions
from apps.entities.selectors.book import as_field
from apps.entities.services.checks import (
    definition_for_update,
    demand_dictionary,
    demand_key_free,
    demand_one_kind,
    demand_sound,
    hold_fields,
)
from apps.entities.services.records import (
    convert_values,
    count_holding,
    demand_unique,
    demand_unused,
    everywhere,
    remove_values,
)
from apps.entities.services.targets import demand_leading
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.inputs import Unkept
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope

STEP: Final = 10
FIXED: Final = ("entity", "key", "for_organization_id")


class _Same(Unkept):
    """Stands for "leave it as it is", where None says "none"."""


SAME: Final[Any] = _Same()


def _new_field(scope: Scope) -> dict[str, Any]:
    entity = min(entities_with_fields())
    return {"entity": entity, "key": f"size_{uuid7().hex[-8:]}", "label": "Size", "kind": "integer"}


@command("entities.definition.create", feature=MANAGE, example=_new_field)
def create_definition(  # noqa: PLR0913 - one for each part of a definition
    *,
    entity: str,
    key: str,
    label: str,
    kind: str,
    for_organization_id: UUID | None = None,
    is_required: bool = False,
    default: Any = None,
    options: Sequence[Mapping[str, Any]] = (),
    minimum: str = "",
    maximum: str = "",
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str = "",
    is_unique: bool = False,
    help: str = "",
    group: str = "",
    order: int | None = None,
    is_visible: bool = True,
    is_filterable: bool = True,
    is_searchable: bool = False,
    is_listed: bool = False,
    is_encrypted: bool = False,
    target: str = "",
    dictionary: str = "",
    field_set: str = "",
) -> FieldDefinition:
    """Add a field to a kind of record, of the tenant or of one organization; it stands last unless `order` says more.

    A field that a module declares may be adapted by one with its key. Raises InvalidInput with every complaint,
    KeyTaken, KindDiffers, KeyHasValues.
    """
    given = dict(locals())
    hold_fields(entity)
    row = FieldDefinition(**{**given, "options": list(options), "order": _place(entity) if order is None else order})
    demand_sound(row)
    demand_dictionary(row)
    demand_key_free(row)
    demand_one_kind(row)
    _demand_no_strangers(row)
    row.save(force_insert=True)
    return row


def _place(entity: str) -> int:
    last = FieldDefinition.objects.filter(entity=entity, deleted_at__isnull=True).aggregate(last=Max("order"))["last"]
    return STEP if last is None else int(last) + STEP


def _demand_no_strangers(row: FieldDefinition) -> None:
    """Demand that nothing is left under the key that nobody defined: it could be of any kind. Raises KeyHasValues."""
    if FieldDefinition.objects.filter(entity=row.entity, key=row.key).exists() or as_field(row).is_system:
        return
    if count := count_holding(row.entity, row.key, None):
        raise KeyHasValues(count=count)


def _some_field(scope: Scope) -> dict[str, Any]:
    return {"definition_id": create_definition(**_new_field(scope)).pk}


def _changed_field(scope: Scope) -> dict[str, Any]:
    return {**_some_field(scope), "label": "Size in cm", "minimum": "1", "is_listed": True}


@command("entities.definition.update", feature=MANAGE, example=_changed_field)
def update_definition(  # noqa: PLR0913 - one for each part of a definition
    definition_id: UUID,
    *,
    entity: str = SAME,
    key: str = SAME,
    label: str = SAME,
    kind: str = SAME,
    for_organization_id: UUID | None = SAME,
    is_required: bool = SAME,
    default: Any = SAME,
    options: Sequence[Mapping[str, Any]] = SAME,
    minimum: str = SAME,
    maximum: str = SAME,
    min_length: int | None = SAME,
    max_length: int | None = SAME,
    pattern: str = SAME,
    is_unique: bool = SAME,
    help: str = SAME,
    group: str = SAME,
    order: int = SAME,
    is_visible: bool = SAME,
    is_filterable: bool = SAME,
    is_searchable: bool = SAME,
    is_listed: bool = SAME,
    is_encrypted: bool = SAME,
    target: str = SAME,
    dictionary: str = SAME,
    field_set: str = SAME,
) -> FieldDefinition:
    """Change a field; what is left out stays. Entity, key and organization may only be repeated.

    Another kind takes the values along where each of them fits. Values that stricter rules would refuse stay until
    they are changed. Raises RowNotFound, InvalidInput, KindDiffers, KindKept, EncryptionKept, OptionUsed, ValuesRepeat.
    """
    given = {name: value for name, value in locals().items() if name != "definition_id" and value is not SAME}
    row = definition_for_update(definition_id)
    _demand_fixed(row, given)
    former = as_field(row)
    for name, value in given.items():
        setattr(row, name, list(value) if name == "options" else value)
    demand_sound(row)
    demand_dictionary(row, former.dictionary)
    _take_values_along(row, former, as_field(row))
    row.save(update_fields=[*(set(given) - set(FIXED)), "default", "options", "minimum", "maximum", "version"])
    return row


def _demand_fixed(row: FieldDefinition, given: Mapping[str, Any]) -> None:
    changed = [name for name in FIXED if name in given and given[name] != getattr(row, name)]
    text = _("This is decided when the field is made.")
    if changed:
        raise InvalidInput(errors=tuple(FieldError(name, "entities.definition.fixed", text) for name in changed))


def _take_values_along(row: FieldDefinition, former: Field, latter: Field) -> None:
    """Demand that what records hold still goes with the field, converted where it is of another kind."""
    place = row.for_organization_id
    kind_changes = former.kind is not latter.kind
    if kind_changes or former.is_encrypted != latter.is_encrypted:
        demand_one_kind(row)
        _demand_same_secrecy(former, latter, place)
        if kind_changes:
            with everywhere(place):
                convert_values(former, latter, place)
                demand_leading(latter, place)
    elif gone := removed_options(former.options, latter.options):
        demand_unused(latter, gone, place)
    if latter.rules.is_unique and not former.rules.is_unique:
        demand_unique(latter, place)


def _demand_same_secrecy(former: Field, latter: Field, place: UUID | None) -> None:
    if not (former.is_encrypted or latter.is_encrypted):
        return
    if count := count_holding(former.entity, former.key, place):
        raise EncryptionKept(count=count)


def _rows_in_order(scope: Scope) -> dict[str, Any]:
    first = create_definition(**_new_field(scope))
    second = create_definition(**_new_field(scope))
    return {"entity": first.entity, "ids": [second.pk, first.pk]}


@command("entities.definition.reorder", feature=MANAGE, bulk=True, example=_rows_in_order)
def reorder_definitions(entity: str, ids: Sequence[UUID]) -> list[FieldDefinition]:
    """Put fields of one kind of record into the order given, behind them those that are not named.

    One statement, however many. Raises InvalidInput for an id that is no living field of the kind.
    """
    hold_fields(entity)
    rows = {row.pk: row for row in living_definitions().filter(entity=entity).order_by("order", "key")}
    wrong = [index for index, item in enumerate(ids) if item not in rows]
    if wrong or len(set(ids)) != len(ids):
        text = _("There is no such field, or it stands twice.")
        places = wrong or [len(ids) - 1]
        raise InvalidInput(
            errors=tuple(FieldError(f"ids.{index}", "entities.definition.ids_bad", text) for index in places)
        )
    order = [*ids, *(item for item in rows if item not in set(ids))]
    places_by_id = {item: (place + 1) * STEP for place, item in enumerate(order)}
    moved = [item for item, place in places_by_id.items() if rows[item].order != place]
    if moved:
        cases = [When(pk=item, then=Value(places_by_id[item])) for item in moved]
        FieldDefinition.objects.filter(pk__in=moved).update(
            order=Case(*cases, output_field=IntegerField()), version=F("version") + 1, updated_at=clock.now()
        )
    return list(living_definitions().filter(entity=entity).order_by("order", "key"))


@command("entities.definition.delete", feature=MANAGE, example=_some_field)
def delete_definition(definition_id: UUID) -> FieldDefinition:
    """Hide a field. Its values stay, unseen, until they are purged or the field is restored.

    Raises RowNotFound, InUse with counts.
    """
    row = definition_for_update(definition_id)
    keep_pointers_out(row)
    hide(row)
    return row


def _deleted_field(scope: Scope) -> dict[str, Any]:
    return {"definition_id": delete_definition(**_some_field(scope)).pk}


@command("entities.definition.restore", feature=MANAGE, example=_deleted_field)
def restore_definition(definition_id: UUID) -> FieldDefinition:
    """Bring a deleted field back, with the values that it had.

    Raises RowNotFound, NotDeleted, InvalidInput where it does not keep to what definitions have to by now.
    """
    row = _deleted(definition_id)
    demand_sound(row)
    if row.is_unique:
        demand_unique(as_field(row), row.for_organization_id)
    row.deleted_at = None
    row.save(update_fields=["deleted_at", "default", "options", "version"])
    return row


@command("entities.definition.purge", feature=MANAGE, example=_deleted_field)
def purge_definition(definition_id: UUID) -> None:
    """Remove a deleted field and everything that records hold of it, in every organization that it was for.

    Two statements, however many records. Raises RowNotFound, NotDeleted, WholeTenantOnly.
    """
    row = _deleted(definition_id)
    others = FieldDefinition.objects.filter(entity=row.entity, key=row.key).exclude(pk=row.pk)
    with everywhere(row.for_organization_id):
        if row.for_organization_id is not None:
            remove_values(row.entity, row.key, row.for_organization_id)
        elif not others.exists() and not as_field(row).is_system:
            remove_values(row.entity, row.key, None)
    row.delete()


def _deleted(definition_id: UUID) -> FieldDefinition:
    row = definition_for_update(definition_id, deleted=True)
    if not row.is_deleted:
        raise NotDeleted
    return row
