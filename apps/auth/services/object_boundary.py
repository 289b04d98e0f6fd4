"""Nobody hands on grants on restricted records that they do not reach themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from apps.auth.errors import GrantBeyondOwn
from apps.auth.models import RoleGrant, UserGrant, UserRole
from apps.auth.services.object_access import Rows, admitting, grants_of
from apps.kernel.access.objects import Level
from apps.kernel.access.records import restrictable
from apps.kernel.access.visible import beyond, is_unbound
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import Actor


def demand_own_reach(actor: Actor, record: ObjectAccess, level: Level) -> None:
    """Refuse to grant on a record what the actor's features do not open. Raises GrantBeyondOwn."""
    wanted = {record.view_feature} | ({record.change_feature} if level is Level.CHANGE else set())
    lacking = sorted(feature for feature in wanted if not actor.access.allows(feature))
    if lacking:
        raise GrantBeyondOwn(errors=tuple(_lacking(lacking)), features=lacking)


def _lacking(features: Iterable[str]) -> Iterable[FieldError]:
    for feature in features:
        text = _("You do not hold {grant}, so you cannot grant it.").format(grant=feature)
        yield FieldError("level", GrantBeyondOwn.code, text)


def demand_reached_roles(actor: Actor, role_ids: Collection[UUID]) -> None:
    """Refuse to hand out roles with grants on restricted records that the actor does not reach as far.

    Ask before the roles are handed out: with them the actor might reach the records. Raises GrantBeyondOwn.
    """
    if not is_unbound(actor) and role_ids:
        _demand_reached(actor, RoleGrant.objects.filter(role_id__in=role_ids))


def demand_reached_user(actor: Actor, user_id: UUID) -> None:
    """Refuse to take over an account that reaches restricted records which the actor does not.

    Raises GrantBeyondOwn.
    """
    if not is_unbound(actor):
        roles = UserRole.objects.filter(user_id=user_id).values("role_id")
        _demand_reached(actor, UserGrant.objects.filter(user_id=user_id), RoleGrant.objects.filter(role_id__in=roles))


def _demand_reached(actor: Actor, *found: Rows) -> None:
    for grants in found:
        if grants.exists() and _beyond_some(actor, grants):
            text = _("This opens restricted records that are not open to you.")
            raise GrantBeyondOwn(errors=(FieldError("roles", GrantBeyondOwn.code, text),), records=True)


def _beyond_some(actor: Actor, grants: Rows) -> bool:
    for entity in restrictable():
        own = grants_of(grants, entity.model)
        for level in Level:
            ids = admitting(own, entity.model, level).values("object_pk")
            if beyond(entity.model._default_manager.filter(pk__in=ids), level, actor).exists():
                return True
    return False
