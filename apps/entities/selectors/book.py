"""The book of custom fields: rows and declarations as one, remembered for one version of the tenant's definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from apps.entities.calculations.limits import NUMBERS
from apps.entities.contracts import DECLARED, FieldDefinition, Kind, Option, Rules, declared_fields
from apps.entities.models import FieldDefinition as Row
from apps.entities.selectors.definitions import has_organizations
from apps.kernel.commands.running import running_or_none
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.standings import Kept, standing_of

KEPT: Final = 500


@dataclass(frozen=True)
class Fields:
    """What counts for one entity: for the tenant, and for each organization that has fields of its own."""

    entity: str
    tenant: Mapping[str, FieldDefinition]
    places: Mapping[UUID, Mapping[str, FieldDefinition]]

    @property
    def is_changeable(self) -> bool:
        """Say whether any of it stands in rows, and not in declarations only."""
        return bool(self.tenant or self.places)

    def of(self, organization_id: UUID | None) -> dict[str, FieldDefinition]:
        """Fields by key, in order: an organization's before the tenant's before a module's."""
        own = self.places.get(organization_id, {}) if organization_id else {}
        return _ordered({**self.declared, **self.tenant, **own})

    @cached_property
    def declared(self) -> dict[str, FieldDefinition]:
        """Fields of modules."""
        return {field.key: field for field in declared_fields(self.entity)}

    @cached_property
    def every(self) -> dict[str, FieldDefinition]:
        """Every living field of any organization: a key is of one kind, whoever defines it."""
        found: dict[str, FieldDefinition] = {}
        for own in self.places.values():
            found |= own
        return _ordered({**found, **self.declared, **self.tenant})


def _ordered(fields: Mapping[str, FieldDefinition]) -> dict[str, FieldDefinition]:
    return {field.key: field for field in sorted(fields.values(), key=lambda field: (field.order, field.key))}


_kept: Kept[dict[str, Fields]] = Kept(KEPT)


def fields_now(entity: str) -> Fields:
    """The fields of an entity: one query of the version, and another one when it is new.

    Inside a command they are read anew, because what it does to definitions may be rolled back.
    """
    if running_or_none() is not None:
        return _book(Row.objects.filter(entity=entity, deleted_at__isnull=True)).get(entity) or _nothing(entity)
    tenant_id = current_scope().tenant_id
    key = (tenant_id, standing_of(tenant_id).fields_version, DECLARED.changes)
    book = _kept.get(key)
    if book is None:
        book = _book(Row.objects.filter(deleted_at__isnull=True))
        _kept.put(key, book)
    return book.get(entity) or _nothing(entity)


def _nothing(entity: str) -> Fields:
    return Fields(entity, {}, {})


def _book(rows: Iterable[Any]) -> dict[str, Fields]:
    tenant: dict[str, dict[str, FieldDefinition]] = {}
    places: dict[str, dict[UUID, dict[str, FieldDefinition]]] = {}
    for row in rows:
        field = as_field(row)
        own = tenant.setdefault(row.entity, {})
        if row.for_organization_id is not None:
            own = places.setdefault(row.entity, {}).setdefault(row.for_organization_id, {})
        own[row.key] = field
    return {entity: Fields(entity, tenant.get(entity, {}), places.get(entity, {})) for entity in {*tenant, *places}}


def as_field(row: Row) -> FieldDefinition:
    """A row as the book shows it."""
    declared = {field.key: field for field in declared_fields(row.entity)}
    return FieldDefinition(
        entity=row.entity,
        key=row.key,
        label=row.label,
        kind=Kind(row.kind),
        id=row.pk,
        is_required=row.is_required,
        default=row.default,
        options=tuple(Option(item["value"], item["label"], item.get("colour", "")) for item in row.options),
        rules=rules_of(row),
        help=row.help,
        group=row.group,
        order=row.order,
        is_visible=row.is_visible,
        is_filterable=row.is_filterable,
        is_searchable=row.is_searchable,
        is_listed=row.is_listed,
        is_encrypted=row.is_encrypted,
        target=row.target,
        dictionary=row.dictionary,
        field_set=row.field_set,
        is_system=row.key in declared,
    )


def rules_of(row: Row) -> Rules:
    """The rules of a row."""
    return Rules(
        minimum=_bound(row.kind, row.minimum),
        maximum=_bound(row.kind, row.maximum),
        min_length=row.min_length,
        max_length=row.max_length,
        pattern=row.pattern,
        is_unique=row.is_unique,
    )


def _bound(kind: str, text: str) -> Decimal | str | None:
    if not text:
        return None
    return Decimal(text) if Kind(kind) in NUMBERS else text


class StoredFieldBook:
    """`FieldBook` from the tenant's rows and the modules' declarations."""

    def fields_of(self, entity: str, *, organization_id: UUID | None = None) -> tuple[FieldDefinition, ...]:
        """Living fields in order, for an organization, by default the one that the scope writes to."""
        return tuple(fields_now(entity).of(organization_id or own_place(entity)).values())


def own_place(entity: str) -> UUID | None:
    """The organization whose fields count for new records of the scope; None where records have none."""
    return current_scope().organization_id if has_organizations(entity) else None
