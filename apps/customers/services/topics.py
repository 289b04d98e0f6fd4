"""What is commented on and followed: a customer or a deal that the actor sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.errors import NoPerson
from apps.customers.models import Company, Customer, CustomerKind, Person
from apps.customers.models.talking import DEAL
from apps.customers.selectors.talking import opens, person_acting, seen_customers
from apps.customers.services.erased import demand_none_erased
from apps.kernel.access.visible import visible
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ports import Identity
from apps.kernel.references.validation import no_such_record
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope

ONE = "customers.comment.one_subject"
KINDS = {CustomerKind.PERSON: Person.entity_id, CustomerKind.COMPANY: Company.entity_id}


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer or a deal, with the kind of its own record."""

    entity: str
    id: UUID
    name: str
    organization_id: UUID

    @property
    def kind(self) -> Entity:
        """The kind of record."""
        return ENTITIES[self.entity]


def demand_subject(customer_id: UUID | None, deal_id: UUID | None) -> Subject:
    """The one thing that is meant. Raises InvalidInput for none, for both, and for what the actor does not see."""
    if (customer_id is None) == (deal_id is None):
        text = _("Give one of them: a customer or a deal.")
        names = ("customer_id",) if customer_id is None else ("customer_id", "deal_id")
        raise InvalidInput(errors=tuple(FieldError(name, ONE, text) for name in names))
    found = _customer(customer_id) if customer_id is not None else _deal(deal_id) if deal_id is not None else None
    if found is None:
        field = "customer_id" if customer_id is not None else "deal_id"
        raise InvalidInput(errors=(no_such_record(field),))
    return found


def demand_open(customer_id: UUID | None, deal_id: UUID | None) -> Subject:
    """The same for what is new. Raises PersonErased as well."""
    subject = demand_subject(customer_id, deal_id)
    demand_none_erased({"customer_id": customer_id} if customer_id is not None else {})
    return subject


def subject_of(customer: Customer) -> Subject:
    """The customer as what is spoken of."""
    return Subject(KINDS[CustomerKind(customer.kind)], customer.pk, customer.name, customer.organization_id)


def subject_of_deal(deal: Any) -> Subject:
    """The deal as what is spoken of."""
    return Subject(DEAL, deal.pk, str(deal), deal.organization_id)


def _customer(customer_id: UUID) -> Subject | None:
    row = seen_customers().filter(pk=customer_id).first()
    return subject_of(row) if row is not None else None


def _deal(deal_id: UUID) -> Subject | None:
    kind = ENTITIES.get(DEAL)
    if kind is None or not opens(kind.model, current_scope().actor):
        return None
    row = kind.living().filter(pk=deal_id).first()
    return subject_of_deal(row) if row is not None else None


def demand_person() -> UUID:
    """The user who acts. Raises NoPerson for programs."""
    user_id = person_acting()
    if user_id is None:
        raise NoPerson
    return user_id


def those_who_see(subject: Subject, user_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the users who may see the subject today; it may be restricted, or they may have lost a role."""
    return [user_id for user_id in dict.fromkeys(user_ids) if _sees(subject, user_id)]


def _sees(subject: Subject, user_id: UUID) -> bool:
    tenant_id = current_scope().tenant_id
    actor = service(Identity).access_again(tenant_id, Actor(ActorKind.STAFF, user_id, ""))
    places = actor.access.organization_ids
    if not opens(subject.kind.model, actor) or (places is not None and subject.organization_id not in places):
        return False
    return visible(subject.kind.model._default_manager.filter(pk=subject.id), actor).exists()
