"""Who was erased stays as a shell: nothing is written about them, and nothing new is attached to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import UUID

from apps.customers.errors import PersonErased
from apps.customers.models import Customer, CustomerRecord, Person
from apps.customers.selectors import takes_more
from apps.kernel.errors import FieldError
from apps.kernel.references.validation import hold
from apps.kernel.registry.entities import ENTITIES, Text


def demand_not_erased(row: CustomerRecord) -> None:
    """Refuse to write about somebody who was erased. Raises PersonErased."""
    if not takes_more(row):
        raise PersonErased


def demand_none_erased(named: Mapping[str, UUID]) -> None:
    """Refuse to attach something to customers, by the fields that name them. Raises PersonErased with those fields.

    They are held before they are asked about: an erasure that is under way is waited for, and later ones wait.
    """
    if not named:
        return
    hold(ENTITIES[Customer.entity_id], set(named.values()))
    if complaints := tuple(erased_complaints(named.items())):
        raise PersonErased(errors=complaints)


def erased_complaints(named: Iterable[tuple[str, UUID]]) -> Iterator[FieldError]:
    """Complaints about fields that name somebody who was erased, out of customers who are held."""
    pairs = list(named)
    gone = _erased({item for _field, item in pairs})
    for field, item in pairs:
        if item in gone:
            yield FieldError(field, PersonErased.code, str(PersonErased.message))


def erased_among(ids: Collection[UUID]) -> Mapping[UUID, tuple[str, Text]]:
    """Those of the customers, who are held, that were erased, with the refusal of whatever would point to them."""
    return dict.fromkeys(_erased(ids), (PersonErased.code, PersonErased.message))


def _erased(ids: Collection[UUID]) -> set[UUID]:
    if not ids:
        return set()
    return set(Person.objects.filter(pk__in=ids, erased_at__isnull=False).values_list("pk", flat=True))
