"""What definitions do to the records that hold their values: over every organization, by set, in few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, TextField, Value

from apps.entities.calculations import Wrong, canonical, compared_text, judged, keys_of, lifted, stored_form
from apps.entities.contracts import FieldDefinition, Kind
from apps.entities.errors import KindKept, OptionUsed, ValuesRepeat, WholeTenantOnly
from apps.entities.selectors import model_of
from apps.entities.selectors.definitions import rows_of
from apps.entities.selectors.sealing import digest_of
from apps.entities.services.uniqueness import holders, repeated
from apps.kernel import clock
from apps.kernel.commands.running import label_of
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.tenancy.scope import current_scope

NAMED: Final = 5
LOT: Final = 1000
NUMBERS: Final = frozenset({Kind.INTEGER, Kind.DECIMAL})


@contextmanager
def everywhere(place: UUID | None) -> Iterator[None]:
    """Reach the records of one organization, or of all. Raises WholeTenantOnly for an actor who may not see them."""
    scope = current_scope()
    if place is not None and place in scope.organization_ids:
        yield
        return
    if sees_some_only():
        raise WholeTenantOnly
    with whole_tenant():
        yield


def sees_some_only() -> bool:
    """Say whether the actor may never see some organizations of the tenant."""
    return current_scope().actor.access.organization_ids is not None


def holding(entity: str, key: str, place: UUID | None = None) -> models.QuerySet[Any]:
    """Records that hold anything of a field, deleted ones too; of one organization, or of all that are seen."""
    rows = rows_of(entity).filter(custom__has_key=key)
    return rows if place is None else rows.filter(organization_id=place)


def remove_values(entity: str, key: str, place: UUID | None) -> int:
    """Take everything of a field out of the records; says how many there were. One statement."""
    kept: Any = F("custom")
    for name in keys_of(key):
        kept = Func(kept, Value(name, TextField()), template="(%(expressions)s)", arg_joiner=" - ")
    return _update(holding(entity, key, place), custom=kept)


def _update(rows: models.QuerySet[Any], **values: Any) -> int:
    if any(item.name == "version" for item in rows.model._meta.local_concrete_fields):
        values["version"] = F("version") + 1
    return rows.update(updated_at=clock.now(), **values)


def convert_values(former: FieldDefinition, latter: FieldDefinition, place: UUID | None) -> int:
    """Bring the values of a field to another kind. Raises KindKept with records whose values do not fit."""
    rows = holding(former.entity, former.key, place)
    bad: list[Any] = []
    count = wrong = 0
    for lot in _lots(rows):
        for row in lot:
            try:
                row.custom = {**_without(row.custom, former.key), **_converted(former, latter, row.custom)}
            except Wrong:
                wrong += 1
                bad += [row] if len(bad) < NAMED else []
        if not wrong:
            count += _write(rows.model, lot)
    if wrong:
        names = ", ".join(label_of(row) for row in bad)
        raise KindKept(count=wrong, names=names, records=[str(row.pk) for row in bad])
    return count


def _lots(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows in lots, each locked; a lot begins behind the last row of the one before."""
    last: Any = None
    while True:
        lot = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        found = list(lot.select_for_update(no_key=True, of=("self",))[:LOT])
        if not found:
            return
        last = found[-1].pk
        yield found


def _without(stored: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name not in keys_of(key)}


def _converted(former: FieldDefinition, latter: FieldDefinition, stored: dict[str, Any]) -> dict[str, Any]:
    value = lifted(former, stored)
    if value is None:
        return {}
    fresh = canonical(latter, _offered(former.kind, latter.kind, value))
    for problem in () if fresh is None else judged(latter, fresh):
        raise problem
    return {} if fresh is None else stored_form(latter.key, fresh)


def _offered(former: Kind, latter: Kind, value: Any) -> Any:
    """The value in the form in which the new kind may take it."""
    if latter is Kind.MULTISELECT and not isinstance(value, list):
        return [compared_text(value)]
    if former is Kind.MULTISELECT and latter is not Kind.MULTISELECT:
        return value[0] if len(value) == 1 else ", ".join(value)
    if latter is Kind.INTEGER:
        text = compared_text(value)
        return int(text) if text.lstrip("-").isdecimal() and text.isascii() else value
    if latter is Kind.DATETIME and former is Kind.DATE:
        return f"{value}T00:00:00Z"
    if latter is Kind.DECIMAL or (latter is Kind.BOOLEAN and former is Kind.BOOLEAN):
        return value if former in NUMBERS else compared_text(value)
    return value if former is latter else compared_text(value)


def _write(model: type[models.Model], rows: list[Any]) -> int:
    """One statement for a lot: the rows' new values by id."""
    now = clock.now()
    versioned = any(item.name == "version" for item in model._meta.local_concrete_fields)
    for row in rows:
        row.settle(row.custom)
        row.updated_at = now
        if versioned:
            row.version += 1
    names = ["custom", "updated_at", *(["version"] if versioned else [])]
    return model._default_manager.bulk_update(rows, names)


def demand_unique(field: FieldDefinition, place: UUID | None) -> None:
    """Demand that no two living records of an organization hold the same value. Raises ValuesRepeat.

    Like the other demands it looks at every organization, whatever is selected; values are named to who may see them.
    """
    with whole_tenant():
        found = repeated(model_of(field.entity), field, place)
    if found:
        is_told = not field.is_encrypted and not sees_some_only()
        raise ValuesRepeat(values=", ".join(map(str, found[:NAMED])) if is_told else len(found))


def demand_unused(field: FieldDefinition, options: list[str], place: UUID | None) -> None:
    """Demand that no living record holds one of the options. Raises OptionUsed with those that are held."""
    if not options:
        return
    with whole_tenant():
        used = _used(field, options, place)
    if used:
        raise OptionUsed(options=", ".join(sorted(used)))


def _used(field: FieldDefinition, options: list[str], place: UUID | None) -> set[str]:
    if field.kind is Kind.SELECT:
        held = {digest_of(item) if field.is_encrypted else item: item for item in options}
        rows = holders(model_of(field.entity), field, place).filter(held__in=list(held))
        return {held[value] for value in rows.values_list("held", flat=True).distinct()}
    rows = holding(field.entity, field.key, place)
    return {item for item in options if rows.filter(Q(custom__contains={field.key: [item]})).exists()}


def count_holding(entity: str, key: str, place: UUID | None) -> int:
    """How many records of the tenant hold anything of a field."""
    with whole_tenant():
        return holding(entity, key, place).count()
