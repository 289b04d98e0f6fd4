"""The kinds of record of this module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from apps.customers.features import MANAGE_COMMENTS
from apps.customers.models import (
    Address,
    Comment,
    Company,
    ContactPoint,
    Customer,
    CustomerGroup,
    Follower,
    Label,
    Person,
    PersonCompany,
    Tag,
)
from apps.customers.selectors.talking import own_labels, person_acting, seen_comments, seen_followers
from apps.customers.services.comments import may_change_comment
from apps.kernel.access.visible import visible
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.registry.entities import Entity, Image, add_entity, entity
from apps.kernel.tenancy.scope import Actor


@dataclass(frozen=True, slots=True)
class CustomerKindOfRecord(Entity):
    """People and companies under one roof: those whose own record the actor may see."""

    def living(self) -> models.QuerySet[Any]:
        """Customers that are there, without the restricted ones of others."""
        own = (visible(kind._default_manager.filter(pk=OuterRef("pk"))) for kind in (Person, Company))
        people, companies = (Exists(rows) for rows in own)
        return Customer.objects.filter(people | companies, deleted_at__isnull=True)


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
    url="admin:customers_person_overview",
    broadcast="staff",
)
entity(
    Company,
    icon="apartment",
    search=("display_name", "legal_name", "brand_name", "domain"),
    url="admin:customers_company_overview",
    broadcast="staff",
)
entity(Tag, icon="sell", search=("label",), url="admin:customers_tag_change", broadcast="staff")
entity(
    CustomerGroup, icon="groups", search=("name", "code"), url="admin:customers_customergroup_change", broadcast="staff"
)
entity(ContactPoint, icon="alternate_email")
entity(Address, icon="home_pin")
entity(PersonCompany, icon="badge")


@dataclass(frozen=True, slots=True)
class CommentKind(Entity):
    """Comments on what the actor sees."""

    narrows = True
    about = "customer_id"

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
