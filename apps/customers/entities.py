"""The kinds of record of this module."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from apps.customers.features import MANAGE_COMMENTS
from apps.customers.models import (
    Address,
    Comment,
    Company,
    Consent,
    ContactPoint,
    Customer,
    CustomerGroup,
    Deal,
    DealCompany,
    DealLine,
    DealPerson,
    Follower,
    Interaction,
    Label,
    NotDuplicate,
    Participant,
    Person,
    PersonCompany,
    Pipeline,
    Stage,
    StageTransition,
    Tag,
)
from apps.customers.selectors.reaching import seen_ways
from apps.customers.selectors.talking import own_labels, person_acting, seen_comments, seen_followers
from apps.customers.services.comments import may_change_comment
from apps.customers.services.erased import demand_none_erased, demand_not_erased, erased_among
from apps.customers.services.needs import (
    demand_companies_unneeded,
    demand_people_unneeded,
    demand_pipelines_unneeded,
    demand_stages_unneeded,
)
from apps.customers.services.single_rows import demand_may_restore
from apps.kernel.access.records import about_hidden, about_visible
from apps.kernel.access.visible import visible
from apps.kernel.commands.models import Erasure
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.registry.entities import Entity, Image, Text, add_entity, entity
from apps.kernel.tenancy.scope import Actor

# The kinds whose ids the key of a customer is: no other needs to be asked whether it is hidden.
CUSTOMERS = (Person.entity_id, Company.entity_id)


@dataclass(frozen=True, slots=True)
class CustomerKindOfRecord(Entity):
    """People and companies under one roof: those whose own record the actor may see."""

    def living(self) -> models.QuerySet[Any]:
        """Customers that are there, without the restricted ones of others."""
        own = (visible(kind._default_manager.filter(pk=OuterRef("pk"))) for kind in (Person, Company))
        people, companies = (Exists(rows) for rows in own)
        return Customer.objects.filter(people | companies, deleted_at__isnull=True)

    def closed(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, Text]]:
        """Those who were erased."""
        return erased_among(ids)

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of customers, deleted ones included, without the restricted ones of others."""
        return self.worded(about_visible(Customer.objects.filter(pk__in=set(ids)), record="pk", among=CUSTOMERS))


@dataclass(frozen=True, slots=True)
class PartOfADeal(Entity):
    """What belongs to deals: of those that are there and that the actor may see."""

    about: ClassVar[Mapping[str, tuple[str, ...]]] = {"deal_id": (Deal.entity_id,)}
    is_part = True

    def living(self) -> models.QuerySet[Any]:
        """Rows of deals that are there, without the restricted ones of others."""
        deals = visible(Deal.objects.filter(pk=OuterRef("deal_id"), deleted_at__isnull=True))
        return self.model._default_manager.filter(Exists(deals))

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of rows of deals that the actor may see, of deleted ones too."""
        deals = visible(Deal.objects.filter(pk=OuterRef("deal_id")))
        return self.worded(self.model._default_manager.filter(Exists(deals), pk__in=set(ids)))


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
entity(Tag, icon="sell", search=("label",), url="admin:customers_tag_change", broadcast="staff")
entity(
    CustomerGroup, icon="groups", search=("name", "code"), url="admin:customers_customergroup_change", broadcast="staff"
)
entity(Deal, icon="handshake", search=("title",), url="admin:customers_deal_overview", broadcast="staff")
entity(
    Pipeline,
    icon="valve",
    search=("name",),
    url="admin:customers_pipeline_change",
    validate_hiding=demand_pipelines_unneeded,
    broadcast="staff",
)
entity(Stage, icon="step", search=("label",), validate_hiding=demand_stages_unneeded)
PARTS_OF_A_DEAL = ((DealPerson, "person"), (DealCompany, "apartment"), (DealLine, "list"), (StageTransition, "move_up"))
for part, icon in PARTS_OF_A_DEAL:
    words = (part._meta.verbose_name or "", part._meta.verbose_name_plural or "")
    add_entity(PartOfADeal(part.entity_id, part, *words, icon=icon))


def judge_interaction(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let undo turn nothing to somebody who was erased since. Raises PersonErased."""
    former, customer = (image["customer_id"] if image is not None else None for image in (before, after))
    if customer is not None and customer != former:
        demand_none_erased({"customer_id": UUID(customer)})


entity(
    Interaction,
    icon="event",
    search=("title",),
    url="admin:customers_interaction_change",
    validate_restore=judge_interaction,
    broadcast="staff",
)
entity(Participant, icon="group")


@dataclass(frozen=True, slots=True)
class PlaceOfWork(Entity):
    """Where people work: hidden with the person, and with the company. What is done to it is done to the person."""

    narrows = True
    is_part = True
    about: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "person_id": (Person.entity_id,),
        "company_id": (Company.entity_id,),
    }

    def living(self) -> models.QuerySet[Any]:
        """Rows of people and companies that are not hidden from the actor."""
        return self._seen(self.model._default_manager.all())

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of the same rows."""
        return self.worded(self._seen(self.model._default_manager.filter(pk__in=set(ids))))

    def _seen(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return rows.exclude(Exists(about_hidden(self).filter(pk=OuterRef("pk"))))


entity(NotDuplicate, icon="group")


@dataclass(frozen=True, slots=True)
class KindBelowCustomer(Entity):
    """Rows about people and companies, whose id stands in the column: those of customers whom the actor may see."""

    column: str = "customer_id"
    named: tuple[str, ...] | None = CUSTOMERS

    def living(self) -> models.QuerySet[Any]:
        """Rows without those about restricted customers of others."""
        return about_visible(self.model._default_manager.all(), record=self.column, among=self.named)

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of the same rows."""
        return self.worded(self.living().filter(pk__in=set(ids)))


@dataclass(frozen=True, slots=True)
class WayToReach(Entity):
    """How customers are reached: those that are there and that the actor sees, by the feature of their kind.

    What is done to such a row is done to its customer, as the history has it.
    """

    narrows = True
    is_part = True
    about: ClassVar[Mapping[str, tuple[str, ...]]] = {"customer_id": CUSTOMERS}

    def living(self) -> models.QuerySet[Any]:
        """Rows of those customers."""
        return seen_ways(self.model._default_manager.all())

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of rows of customers that are not hidden from the actor, of deleted ones too."""
        rows = self.model._default_manager.filter(pk__in=set(ids))
        return self.worded(about_visible(rows, record="customer_id", among=CUSTOMERS))


def judge_way(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let nobody change by undo what they may not change today. Raises FeatureRequired."""
    for customer_id in {UUID(image["customer_id"]) for image in (before, after) if image is not None}:
        demand_may_restore(customer_id, actor)


def _below(model: type[models.Model], **options: Any) -> None:
    names = (model._meta.verbose_name or "", model._meta.verbose_name_plural or "")
    add_entity(KindBelowCustomer(str(getattr(model, "entity_id", "")), model, *names, **options))


_below(Consent, icon="handshake")
_below(Erasure, icon="person_off", column="subject_id", named=None)  # whatever was erased


@dataclass(frozen=True, slots=True)
class PersonKind(Entity):
    """People; those who were erased get nothing more."""

    def demand_changeable(self, row: models.Model) -> None:
        """Refuse files, texts and rows of imports for who was erased, too. Raises PersonErased."""
        Entity.demand_changeable(self, row)
        if isinstance(row, Person):
            demand_not_erased(row)

    def closed(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, Text]]:
        """Those who were erased."""
        return erased_among(ids)


add_entity(
    PersonKind(
        Person.entity_id,
        Person,
        Person._meta.verbose_name or "",
        Person._meta.verbose_name_plural or "",
        icon="person",
        search=("display_name", "first_name", "last_name"),
        url="admin:customers_person_overview",
        validate_hiding=demand_people_unneeded,
    ),
    broadcast="staff",
)
entity(
    Company,
    icon="apartment",
    search=("display_name", "legal_name", "brand_name", "domain"),
    url="admin:customers_company_overview",
    validate_hiding=demand_companies_unneeded,
    broadcast="staff",
)


@dataclass(frozen=True, slots=True)
class CommentKind(Entity):
    """Comments on what the actor sees."""

    narrows = True
    about: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "customer_id": CUSTOMERS,
        "deal_id": (Deal.entity_id,),
    }

    def living(self) -> models.QuerySet[Any]:
        """Those that are there."""
        return seen_comments()


@dataclass(frozen=True, slots=True)
class LabelKind(Entity):
    """The actor's own labels."""

    def living(self) -> models.QuerySet[Any]:
        """Those that are there."""
        return own_labels()

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Texts of one's own, of deleted ones too; nobody learns those of others from histories."""
        return self.worded(Label.objects.filter(user_id=person_acting(), pk__in=set(ids)))


@dataclass(frozen=True, slots=True)
class FollowerKind(Entity):
    """Who follows what the actor sees."""

    def living(self) -> models.QuerySet[Any]:
        """Those rows."""
        return seen_followers()


def judge_comment(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let nobody change by undo what they may not change today. Raises FeatureRequired."""
    author = before["author_id"] if before is not None else None
    if before is not None and not may_change_comment(UUID(author) if author else None, actor):
        raise FeatureRequired(feature=MANAGE_COMMENTS)


def judge_label(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Labels are nobody's but their user's. Raises RowNotFound."""
    if any(image is not None and image["user_id"] != str(actor.id) for image in (before, after)):
        raise RowNotFound


def _add(kind: type[Entity], model: Any, **options: Any) -> None:
    meta = model._meta
    add_entity(kind(model.entity_id, model, meta.verbose_name, meta.verbose_name_plural, **options))


_add(WayToReach, ContactPoint, icon="alternate_email", validate_restore=judge_way)
_add(WayToReach, Address, icon="home_pin", validate_restore=judge_way)
_add(PlaceOfWork, PersonCompany, icon="badge")
_add(
    CommentKind,
    Comment,
    icon="chat",
    search=("body",),
    url="admin:customers_comment_change",
    validate_restore=judge_comment,
)
_add(
    LabelKind, Label, icon="label", search=("label",), url="admin:customers_label_change", validate_restore=judge_label
)
_add(FollowerKind, Follower, icon="notifications_active")
