"""What other modules may know about custom fields, and how they declare fields of their own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry

Text = str | Promise


class Kind(StrEnum):
    """What a field holds; `calculations` says how each kind is written down."""

    TEXT = "text"
    MULTILINE = "multiline"
    RICHTEXT = "richtext"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    SELECT = "select"
    MULTISELECT = "multiselect"
    CURRENCY = "currency"
    RELATION = "relation"
    DICTIONARY = "dictionary"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose; `colour` is `#rrggbb` or empty."""

    value: str
    label: Text
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What values have to keep to; None means no limit.

    `minimum` and `maximum` are numbers, or canonical text for dates and times. Lengths count characters, of a
    multiselect the chosen values. `pattern` is a regular expression that the whole text matches. `is_unique` is
    meant among the living records of one organization, of the tenant where records have none.
    """

    minimum: Decimal | str | None = None
    maximum: Decimal | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One custom field of an entity as it counts for an organization.

    `id` is None for a field that a module declares and nobody has adapted; `is_system` says that a module declares
    it, adapted or not. `default` is a canonical value. `target` is the entity of a relation, `dictionary` the key of
    a dictionary. Fields of one `group` stand together, in the order of `order` and key.
    """

    entity: str
    key: str
    label: Text
    kind: Kind
    id: UUID | None = None
    is_required: bool = False
    default: Any = None
    options: tuple[Option, ...] = ()
    rules: Rules = Rules()
    help: Text = ""
    group: Text = ""
    order: int = 0
    is_visible: bool = True
    is_filterable: bool = True
    is_searchable: bool = False
    is_listed: bool = False
    is_encrypted: bool = False
    target: str = ""
    dictionary: str = ""
    field_set: str = ""
    is_system: bool = False


class FieldBook(Protocol):
    """The custom fields that count: an organization's before the tenant's before those that modules declare."""

    def fields_of(self, entity: str, *, organization_id: UUID | None = None) -> tuple[FieldDefinition, ...]:
        """Living fields in order, for an organization, by default the one that the scope writes to.

        Without either, those of the whole tenant. Called inside the tenant's scope; one small query.
        """
        ...


DECLARED: Registry[FieldDefinition] = Registry("custom field")


def custom_field(entity: str, key: str, label: Text, kind: Kind, **details: Any) -> FieldDefinition:
    """Declare a field in the module's `custom_fields.py`; `details` are those of `FieldDefinition`.

    Tenants may adapt everything about it but its key and its kind.
    """
    field = FieldDefinition(entity=entity, key=key, label=label, kind=kind, is_system=True, **details)
    return DECLARED.add(f"{entity}.{key}", field)


def declared_fields(entity: str) -> tuple[FieldDefinition, ...]:
    """The fields that modules declare for an entity."""
    return tuple(field for field in DECLARED.values() if field.entity == entity)
