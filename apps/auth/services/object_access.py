"""The kernel's port `ObjectGrants`: which restricted records were granted to whom, as conditions and as facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, Q, QuerySet, Subquery

from apps.auth.models import ApiKeyRole, RoleGrant, UserGrant, UserRole
from apps.auth.services.granted_condition import by_own_grant, by_role, codename
from apps.kernel.access.arrays import OneOf
from apps.kernel.access.objects import Level, ObjectGrant
from apps.kernel.access.visible import can_be_restricted
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

OWN_GRANT = "a grant of their own"
Rows = QuerySet[Any]


class StoredGrants:
    """Answers from the tables of grants, for the actor's own grants and those of their roles.

    A program that acts for a person reaches what that person reaches; a key reaches what its roles do.
    """

    def granted_rows(self, model: type[models.Model], level: Level, actor: Actor, *, record: str) -> Q:
        """The condition that rows pass whose record was granted to the actor, inside the asking statement."""
        if actor.kind is ActorKind.API_KEY and actor.id is not None:
            return Q(by_role(ApiKeyRole, model, level, actor.id, record=record))
        user_id = _person(actor)
        if user_id is None:
            return Q(Exists(UserGrant.objects.none()))
        own = by_own_grant(model, level, user_id, record=record)
        return Q(own) | Q(by_role(UserRole, model, level, user_id, record=record))

    def grants_on(self, record: models.Model, actor: Actor) -> tuple[ObjectGrant, ...]:
        """The same grants of one record, the actor's own first."""
        found = []
        for grants in reaching(actor):
            rows = grants_of(grants, type(record)).filter(object_pk=record.pk).select_related("permission")
            rows = rows.select_related("role").order_by("role__name") if rows.model is RoleGrant else rows
            found += [ObjectGrant(row.level, source_of(row)) for row in rows]
        return tuple(found)


def reaching(actor: Actor) -> list[Rows]:
    """All grants that reach the actor: of the user, and of their or the key's roles; none for anybody else."""
    if actor.kind is ActorKind.API_KEY and actor.id is not None:
        return [_through(ApiKeyRole.objects.filter(api_key_id=actor.id))]
    user_id = _person(actor)
    if user_id is None:
        return []
    return [UserGrant.objects.filter(user_id=user_id), _through(UserRole.objects.filter(user_id=user_id))]


def _through(memberships: Rows) -> Rows:
    grants: Rows = RoleGrant.objects.filter(OneOf("role_id", memberships.values("role_id")))
    return grants


def _person(actor: Actor) -> UUID | None:
    if actor.kind is ActorKind.STAFF:
        return actor.id
    return actor.on_behalf_of if actor.kind is ActorKind.WORKFLOW else None


def grants_of(grants: Rows, model: type[models.Model]) -> Rows:
    """The grants on records of one kind."""
    return grants.filter(content_type_id=Subquery(_content_type(model).values("pk")))


def admitting(grants: Rows, model: type[models.Model], level: Level) -> Rows:
    """The grants that reach at least as far as the level; each grant lets its holder see the record."""
    if level is Level.VIEW:
        return grants
    named = Permission.objects.order_by().filter(codename=codename(model, level))
    return grants.filter(permission_id=Subquery(named.filter(content_type__in=_content_type(model)).values("pk")))


def _content_type(model: type[models.Model]) -> QuerySet[ContentType]:
    """The row of the kind; looked up inside the statement, so that a fresh process asks nothing beside it."""
    meta = model._meta.concrete_model._meta  # type: ignore[union-attr]
    return ContentType.objects.filter(app_label=meta.app_label, model=meta.model_name)


def record_of(content_type_id: int, record_id: UUID) -> ObjectAccess | None:
    """The record that a grant is about, whoever sees it; None for one that is gone, or whose module is."""
    kind = ContentType.objects.filter(pk=content_type_id).first()
    model: Any = kind.model_class() if kind is not None else None
    if model is None or not can_be_restricted(model):
        return None
    with _seeing_every_organization():
        record: ObjectAccess | None = model._default_manager.filter(pk=record_id).first()
    return record


@contextmanager
def _seeing_every_organization() -> Iterator[None]:
    """Look beyond the selected organizations: a record elsewhere must not pass for one that is gone."""
    scope = current_scope()
    living = service(OrganizationTree).all_living()
    with using_scope(replace(scope, organization_ids=scope.organization_ids | living)), scoped_transaction():
        yield


def source_of(grant: UserGrant | RoleGrant) -> str:
    """Through whom a grant reaches an actor."""
    return f"role {grant.role.name}" if isinstance(grant, RoleGrant) else OWN_GRANT
