"""What every command on definitions asks first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dictionaries.contracts import DictionaryBook
from apps.entities.calculations.definitions import bound_of, default_of, options_of, problems_of
from apps.entities.calculations.wrong import Wrong
from apps.entities.contracts import Kind, declared_fields
from apps.entities.errors import KeyTaken, KindDiffers
from apps.entities.models import FieldDefinition, KindChoices
from apps.entities.selectors import entities_with_fields, possible_kinds, visible_definitions
from apps.entities.selectors.book import as_field
from apps.entities.selectors.definitions import has_organizations
from apps.entities.selectors.types import made_kinds
from apps.entities.services.values import MOST_KEYS, field_lock
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.loading import hold_lock, load_for_update
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.references.validation import validate_references
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

CHECKED: Final = frozenset(
    {"key", "label", "kind", "minimum", "maximum", "min_length", "max_length", "pattern", "help", "group", "order"}
    | {"target", "dictionary", "field_set"}
)


def hold_fields(entity: str) -> None:
    """Let changes of an entity's fields follow one another, and no value be written meanwhile."""
    hold_lock(field_lock(entity))


def definition_for_update(definition_id: UUID, *, deleted: bool = False) -> FieldDefinition:
    """The definition, locked behind its entity's lock. Raises RowNotFound."""
    entity = visible_definitions().filter(pk=definition_id).values_list("entity", flat=True).first()
    if entity is None:
        raise RowNotFound
    hold_fields(entity)
    row = load_for_update(FieldDefinition, definition_id)
    if row.is_deleted and not deleted:
        raise RowNotFound
    return row


def demand_sound(row: FieldDefinition) -> None:
    """Bring a definition into its stored form. Raises InvalidInput with every complaint."""
    complaints = [*complaints_of(row, CHECKED), *_place_complaints(row), *_part_complaints(row)]
    if not complaints:
        found = problems_of(as_field(row), kinds=possible_kinds(), targets=[*ENTITIES, *made_kinds()])
        complaints = [FieldError(item.field, item.code, item.message) for item in found]
        complaints += _default_complaints(row, {item.field for item in complaints})
    if complaints:
        raise InvalidInput(errors=tuple(complaints))


def demand_dictionary(row: FieldDefinition, former: str = "") -> None:
    """Demand that a newly chosen dictionary is there: a mistyped key would offer nothing. Raises InvalidInput."""
    chosen = row.dictionary if row.kind == Kind.DICTIONARY else ""
    if chosen and chosen != former and not service(DictionaryBook).is_there(chosen):
        text = _("There is no dictionary with this key. Make it first, or choose another.")
        raise InvalidInput(errors=(FieldError("dictionary", "entities.definition.dictionary_unknown", text),))


def _place_complaints(row: FieldDefinition) -> Iterator[FieldError]:
    if row.entity not in entities_with_fields():
        yield FieldError(
            "entity", "entities.definition.entity_unknown", _("Records of this kind have no custom fields.")
        )
        return
    if row.for_organization_id is None:
        return
    if not has_organizations(row.entity):
        text = _("Records of this kind belong to the whole tenant.")
        yield FieldError("for_organization_id", "entities.definition.not_for_kind", text)
    try:
        validate_references([row])
    except InvalidInput as refusal:
        yield from refusal.errors


def _part_complaints(row: FieldDefinition) -> Iterator[FieldError]:
    row.options, problems = options_of(row.options or [])
    yield from (FieldError(item.field, item.code, item.message) for item in problems)
    if row.kind not in KindChoices.values:
        return
    for name in ("minimum", "maximum"):
        try:
            setattr(row, name, bound_of(Kind(row.kind), getattr(row, name)))
        except Wrong as problem:
            yield FieldError(name, "entities.definition.bound_bad", problem.message)


def _default_complaints(row: FieldDefinition, wrong: set[str]) -> Iterator[FieldError]:
    """What is wrong with the default, where the rest is in order enough to say."""
    if wrong - {"is_unique", "is_encrypted", "is_searchable"}:
        return
    try:
        row.default = default_of(as_field(row))
    except Wrong as problem:
        yield FieldError("default", "entities.definition.default_bad", problem.message)


def sisters(row: FieldDefinition) -> Any:
    """Other definitions of the same key, of the tenant and its organizations, deleted ones too."""
    return FieldDefinition.objects.filter(entity=row.entity, key=row.key).exclude(pk=row.pk)


def demand_key_free(row: FieldDefinition) -> None:
    """Demand that the place has no field with the key, nor too many fields. Raises KeyTaken, InvalidInput."""
    if sisters(row).filter(for_organization_id=row.for_organization_id).exists():
        raise KeyTaken(errors=(FieldError("key", KeyTaken.code, str(KeyTaken.message)),))
    if FieldDefinition.objects.filter(entity=row.entity, deleted_at__isnull=True).count() >= MOST_KEYS:
        text = _("A kind of record has at most {most} custom fields.").format(most=MOST_KEYS)
        raise InvalidInput(errors=(FieldError("key", "too_many", text),))


def demand_one_kind(row: FieldDefinition) -> None:
    """Demand that a key is stored in one way in the whole tenant. Raises KindDiffers."""
    declared = [field for field in declared_fields(row.entity) if field.key == row.key]
    others = [(field.kind.value, field.is_encrypted) for field in declared]
    others += sisters(row).values_list("kind", "is_encrypted")
    for kind, is_encrypted in others:
        if (kind, is_encrypted) != (row.kind, row.is_encrypted):
            label = str(KindChoices(kind).label)
            text = str(KindDiffers.message).format(kind=label)
            raise KindDiffers(errors=(FieldError("kind", KindDiffers.code, text),), kind=label)
