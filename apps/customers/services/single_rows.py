"""One row of a list that belongs to a customer, written by itself: the list's own rules hold, the others stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.features import MANAGE_COMPANIES, MANAGE_PEOPLE
from apps.customers.models import Address, Company, ContactPoint, Customer, CustomerKind, CustomerRecord, Person
from apps.customers.services.erased import demand_not_erased
from apps.customers.services.lists import REPEATED, Given, ListOf, Settled
from apps.customers.services.records import identity
from apps.customers.services.topics import demand_subject
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.loading import check_version, load_living
from apps.kernel.commands.running import about, touch
from apps.kernel.commands.unchanged import UNCHANGED
from apps.kernel.errors import FeatureRequired, FieldError, InvalidInput, RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope

RowT = TypeVar("RowT", ContactPoint, Address)
Values = Mapping[str, Any]

CUSTOMER = Customer.entity_id
OPEN = "who may change a person changes how it is reached, and the same of a company: the customer's kind decides"
MODELS: Mapping[str, type[CustomerRecord]] = {Person.entity_id: Person, Company.entity_id: Company}
FEATURES: Mapping[str, str] = {CustomerKind.PERSON: MANAGE_PEOPLE, CustomerKind.COMPANY: MANAGE_COMPANIES}

NAMED = {"id": "customer_id"}  # a list that is full has no place for another row of the customer's


def add_row(kind: ListOf[RowT], customer_id: UUID, values: Values) -> RowT:
    """Add a row to a customer's list; the first of its group is the primary one.

    Raises InvalidInput with all complaints, Duplicate, FeatureRequired, RecordReadOnly, PersonErased.
    """
    customer = _locked(customer_id)
    stored = kind.stored(customer)
    others: list[Values] = _others(kind, stored.values(), values, group=values.get(kind.group))
    settled = _sound(kind, customer, stored, [*others, values])
    settled.store()
    return settled.rows[-1][1]


def change_row(kind: ListOf[RowT], row_id: UUID, values: Values) -> RowT:
    """Change what is given of one row; one that comes to another group is the primary one there if it is the first.

    Raises RowNotFound, StaleVersion, InvalidInput with all complaints, Duplicate, FeatureRequired, RecordReadOnly.
    """
    values = {name: value for name, value in values.items() if value is not UNCHANGED}
    customer, stored = _list_of(kind, row_id)
    row = stored[row_id]
    check_version(row)
    group = values.get(kind.group, getattr(row, kind.group))
    moves = group != getattr(row, kind.group)
    if values.get("is_primary") is False and row.is_primary and not moves:
        text = _("Make another one the primary one instead.")
        raise InvalidInput(errors=(FieldError("is_primary", "customers.list.primary_needed", text),))
    own = {"id": row_id, **({"is_primary": False} if moves else {}), **values}
    others: list[Values] = _others(kind, (item for item in stored.values() if item is not row), values, group=group)
    _sound(kind, customer, stored, [*others, own]).store()
    return row


def remove_row(kind: ListOf[RowT], row_id: UUID) -> RowT:
    """Take one row away; of a primary one the oldest that is left takes the place.

    Raises RowNotFound, StaleVersion, FeatureRequired, RecordReadOnly.
    """
    customer, stored = _list_of(kind, row_id)
    check_version(stored[row_id])
    _settled(kind, customer, stored, [{"id": pk} for pk in stored if pk != row_id]).store()
    return stored[row_id]


def demand_may_restore(customer_id: UUID, actor: Actor) -> None:
    """Let nobody take back by undo what they could not do today. Raises FeatureRequired."""
    missing = {kind: feature for kind, feature in FEATURES.items() if not _holds(actor, feature)}
    if not missing:
        return
    kind = Customer.objects.filter(pk=customer_id).values_list("kind", flat=True).first()
    if kind in missing:
        raise FeatureRequired(feature=missing[kind])


def _holds(actor: Actor, feature: str) -> bool:
    return actor.kind is ActorKind.SYSTEM or actor.access.allows(feature)


def _list_of(kind: ListOf[RowT], row_id: UUID) -> tuple[Customer, dict[UUID, RowT]]:
    """The customer that has the row, and the whole list, all locked, the customer first. Raises RowNotFound."""
    rows = ENTITIES[kind.model.entity_id].living().filter(pk=row_id)
    customer_id = rows.values_list("customer_id", flat=True).first()
    if customer_id is None:
        raise RowNotFound
    customer = _locked(customer_id)
    stored = kind.stored(customer)
    if row_id not in stored:
        raise RowNotFound
    return customer, stored


def _locked(customer_id: UUID) -> Customer:
    """A customer that the actor may change, locked with its record, whose version will be another one."""
    subject = demand_subject(customer_id, None)
    model = MODELS[subject.entity]
    demand_feature(current_scope(), FEATURES[model.kind])
    record = load_living(model, subject.id)
    demand_not_erased(record)
    touch(record)  # whoever sets the list as a whole has to have seen this row
    return identity(subject.id)


def _others(kind: ListOf[RowT], rows: Iterable[RowT], values: Values, *, group: Any) -> list[Values]:
    """The other rows as they are; where the own one shall be the primary one, those of its group are not any more."""
    takes = bool(values.get("is_primary"))
    return [
        {"id": row.pk, **({"is_primary": False} if takes and getattr(row, kind.group) == group else {})} for row in rows
    ]


def _settled(kind: ListOf[RowT], customer: Customer, stored: Mapping[UUID, RowT], given: Given) -> Settled[RowT]:
    about(customer)
    settled = Settled(kind, customer, stored)
    for index, values in enumerate(given):
        settled.take(index, values)
    settled.judge()
    return settled


def _sound(kind: ListOf[RowT], customer: Customer, stored: Mapping[UUID, RowT], given: Given) -> Settled[RowT]:
    """The list with the own row as its last. Raises InvalidInput, Duplicate for that one only."""
    settled, place = _settled(kind, customer, stored, given), f"{kind.argument}.{len(given) - 1}."
    found = tuple(
        FieldError(NAMED.get(name := item.field.removeprefix(place), name), item.code, item.message)
        for item in settled.complaints
        if item.field.startswith(place)
    )
    if any(item.code == REPEATED for item in found):
        text = _("The customer has it already.")
        raise Duplicate(errors=(FieldError(kind.once, Duplicate.code, text),), fields=kind.once)
    if found:
        raise InvalidInput(errors=found)
    return settled
