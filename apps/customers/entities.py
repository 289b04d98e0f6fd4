"""The kinds of record of this module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from apps.customers.models import (
    Address,
    Company,
    Consent,
    ContactPoint,
    Customer,
    CustomerGroup,
    Deal,
    DealCompany,
    DealLine,
    DealPerson,
    Interaction,
    NotDuplicate,
    Participant,
    Person,
    PersonCompany,
    Pipeline,
    Stage,
    StageTransition,
    Tag,
)
from apps.kernel.access.records import about_visible
from apps.kernel.access.visible import visible
from apps.kernel.commands.models import Erasure
from apps.kernel.registry.entities import Entity, add_entity, entity


@dataclass(frozen=True, slots=True)
class CustomerKindOfRecord(Entity):
    """People and companies under one roof: those whose own record the actor may see."""

    def living(self) -> models.QuerySet[Any]:
        """Customers that are there, without the restricted ones of others."""
        own = (visible(kind._default_manager.filter(pk=OuterRef("pk"))) for kind in (Person, Company))
        people, companies = (Exists(rows) for rows in own)
        return Customer.objects.filter(people | companies, deleted_at__isnull=True)

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of customers, deleted ones included, without the restricted ones of others."""
        return self.worded(about_visible(Customer.objects.filter(pk__in=set(ids)), record="pk"))


@dataclass(frozen=True, slots=True)
class PartOfADeal(Entity):
    """What belongs to deals: of those that are there and that the actor may see."""

    def living(self) -> models.QuerySet[Any]:
        """Rows of deals that are there, without the restricted ones of others."""
        deals = visible(Deal.objects.filter(pk=OuterRef("deal_id"), deleted_at__isnull=True))
        return self.model._default_manager.filter(Exists(deals))


add_entity(
    CustomerKindOfRecord(
        Customer.entity_id,
        Customer,
        Customer._meta.verbose_name or "",
        Customer._meta.verbose_name_plural or "",
        icon="contacts",
        search=("name",),
    )
)
entity(
    Person,
    icon="person",
    search=("display_name", "first_name", "last_name"),
    url="admin:customers_person_change",
    broadcast="staff",
)
entity(
    Company,
    icon="apartment",
    search=("display_name", "legal_name", "brand_name", "domain"),
    url="admin:customers_company_change",
    broadcast="staff",
)
entity(Tag, icon="sell", search=("label",), url="admin:customers_tag_change", broadcast="staff")
entity(
    CustomerGroup, icon="groups", search=("name", "code"), url="admin:customers_customergroup_change", broadcast="staff"
)
entity(PersonCompany, icon="badge")
entity(Deal, icon="handshake", search=("title",), url="admin:customers_deal_change", broadcast="staff")
entity(Pipeline, icon="valve", search=("name",), url="admin:customers_pipeline_change", broadcast="staff")
entity(Stage, icon="step", search=("label",))
PARTS_OF_A_DEAL = ((DealPerson, "person"), (DealCompany, "apartment"), (DealLine, "list"), (StageTransition, "move_up"))
for part, icon in PARTS_OF_A_DEAL:
    words = (part._meta.verbose_name or "", part._meta.verbose_name_plural or "")
    add_entity(PartOfADeal(part.entity_id, part, *words, icon=icon))
entity(
    Interaction,
    icon="event",
    search=("title",),
    url="admin:customers_interaction_change",
    broadcast="staff",
)
entity(Participant, icon="group")
entity(NotDuplicate, icon="group")


@dataclass(frozen=True, slots=True)
class KindBelowCustomer(Entity):
    """Rows about people and companies, whose id stands in the column: those of customers whom the actor may see."""

    column: str = "customer_id"

    def living(self) -> models.QuerySet[Any]:
        """Rows without those about restricted customers of others."""
        return about_visible(self.model._default_manager.all(), record=self.column)

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of the same rows."""
        return self.worded(self.living().filter(pk__in=set(ids)))


def _below(model: type[models.Model], *, icon: str, column: str = "customer_id") -> None:
    names = (model._meta.verbose_name or "", model._meta.verbose_name_plural or "")
    add_entity(KindBelowCustomer(str(getattr(model, "entity_id", "")), model, *names, icon=icon, column=column))


_below(ContactPoint, icon="alternate_email")
_below(Address, icon="home_pin")
_below(Consent, icon="handshake")
_below(Erasure, icon="person_off", column="subject_id")
