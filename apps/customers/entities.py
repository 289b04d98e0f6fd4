"""The kinds of record of this module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from apps.customers.models import (
    Address,
    Company,
    ContactPoint,
    Customer,
    CustomerGroup,
    Deal,
    DealCompany,
    DealLine,
    DealPerson,
    Person,
    PersonCompany,
    Pipeline,
    Stage,
    StageTransition,
    Tag,
)
from apps.kernel.access.visible import visible
from apps.kernel.registry.entities import Entity, add_entity, entity


@dataclass(frozen=True, slots=True)
class CustomerKindOfRecord(Entity):
    """People and companies under one roof: those whose own record the actor may see."""

    def living(self) -> models.QuerySet[Any]:
        """Customers that are there, without the restricted ones of others."""
        own = (visible(kind._default_manager.filter(pk=OuterRef("pk"))) for kind in (Person, Company))
        people, companies = (Exists(rows) for rows in own)
        return Customer.objects.filter(people | companies, deleted_at__isnull=True)


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
entity(ContactPoint, icon="alternate_email")
entity(Address, icon="home_pin")
entity(PersonCompany, icon="badge")
entity(Deal, icon="handshake", search=("title",), url="admin:customers_deal_change", broadcast="staff")
entity(Pipeline, icon="valve", search=("name",), url="admin:customers_pipeline_change", broadcast="staff")
entity(Stage, icon="step", search=("label",))
PARTS_OF_A_DEAL = ((DealPerson, "person"), (DealCompany, "apartment"), (DealLine, "list"), (StageTransition, "move_up"))
for part, icon in PARTS_OF_A_DEAL:
    words = (part._meta.verbose_name or "", part._meta.verbose_name_plural or "")
    add_entity(PartOfADeal(part.entity_id, part, *words, icon=icon))
