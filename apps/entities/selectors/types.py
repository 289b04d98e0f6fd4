"""Record types, and what exists because of them: kinds of record and features that tenants have made."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, models
from django.utils.translation import gettext as _

from apps.entities.features import ACTIONS, MANAGE_RECORDS, VIEW_RECORDS, record_feature
from apps.entities.models import Record, RecordType
from apps.entities.models.records import PREFIX
from apps.kernel.commands.running import running_or_none
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import Entity
from apps.kernel.registry.features import Feature
from apps.kernel.tenancy.scope import current_scope, scope_or_none
from apps.kernel.tenancy.standings import Kept, standing_of
from apps.kernel.tenancy.transactions import applied_to, scoped_transaction

KEPT: Final = 500
_kept: Kept[tuple[RecordType, ...]] = Kept(KEPT)


@dataclass(frozen=True, slots=True)
class RecordKind(Entity):
    """The records of one type, as an entity of its own: `custom.<key>`."""

    type_key: str = ""

    def living(self) -> models.QuerySet[Any]:
        """Living records of the type."""
        return super(RecordKind, self).living().filter(type__key=self.type_key)


def living_types() -> models.QuerySet[RecordType]:
    """The tenant's types that are not deleted."""
    return RecordType.objects.filter(deleted_at__isnull=True)


def known_types() -> tuple[RecordType, ...]:
    """The same by label, from memory for as long as no type and no field changes; inside a command read anew."""
    with _open():
        if running_or_none() is not None:
            return tuple(living_types().order_by("label"))
        tenant_id = current_scope().tenant_id
        key = (tenant_id, standing_of(tenant_id).fields_version)
        found = _kept.get(key)
        if found is None:
            found = tuple(living_types().order_by("label"))
            _kept.put(key, found)
        return found


def type_of_key(key: str) -> RecordType:
    """The living type of a key. Raises RowNotFound."""
    found = living_types().filter(key=key).first()
    if found is None:
        raise RowNotFound
    return found


def kind_of(entity_id: str) -> Entity | None:
    """The entity `custom.<key>`; None where the tenant has no such type, and outside a scope."""
    key = entity_id.removeprefix(PREFIX)
    found = _type(key)
    if found is None:
        return None
    return _kind(found)


def _kind(found: RecordType) -> RecordKind:
    return RecordKind(
        id=found.definitions,
        model=Record,
        label=found.label,
        label_plural=found.label_plural,
        icon=found.icon,
        search=("title",),
        url="admin:entities_record_change",
        type_key=found.key,
    )


def made_kinds() -> dict[str, Entity]:
    """The kinds of record that the tenant of the open scope has made, by id."""
    if scope_or_none() is None:
        return {}
    return {item.definitions: _kind(item) for item in known_types()}


def _type(key: str) -> RecordType | None:
    if scope_or_none() is None:
        return None
    return next((item for item in known_types() if item.key == key), None)


def _open() -> AbstractContextManager[Any]:
    """A transaction of the scope where none is open that sees what the scope sees."""
    return nullcontext() if applied_to(connection).covers(current_scope()) else scoped_transaction()


def has_feature(feature_id: str) -> bool:
    """Say whether the feature is one of a type of the tenant: `entities.<key>.view`, `entities.<key>.manage`."""
    _module, _dot, rest = feature_id.partition(".")
    key, _dot, action = rest.rpartition(".")
    return action in ACTIONS and bool(key) and _type(key) is not None


def implied_by(feature_id: str) -> tuple[str, ...]:
    """What comes with a feature of a type: who changes records sees them."""
    key, _dot, action = feature_id.removeprefix("entities.").rpartition(".")
    return (record_feature(key, VIEW_RECORDS),) if key and "." not in key and action == MANAGE_RECORDS else ()


def listed_features() -> Iterable[Feature]:
    """The features of the tenant's types, with names for people; none outside a scope."""
    if scope_or_none() is None:
        return
    for kind in sorted(known_types(), key=lambda item: item.key):
        view, manage = (record_feature(kind.key, action) for action in (VIEW_RECORDS, MANAGE_RECORDS))
        yield Feature(view, _("See {records}").format(records=kind.label_plural))
        yield Feature(manage, _("Add, change and delete {records}").format(records=kind.label_plural), (view,))
