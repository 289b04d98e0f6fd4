"""Which rows an actor sees: the one function for lists, details, exports, references, undo and streams."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from apps.kernel.access.errors import RecordReadOnly
from apps.kernel.access.objects import Level, ObjectDecision, ObjectRule, decided_by
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import ObjectGrants
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope

RowT = TypeVar("RowT", bound=models.Model)


def visible(rows: models.QuerySet[RowT], actor: Actor | None = None) -> models.QuerySet[RowT]:
    """The rows without those that are restricted and not granted to the actor (None: the scope's).

    One condition inside the same statement; query sets of kinds that cannot be restricted come back untouched.
    Features are asked elsewhere.
    """
    return _reached(rows, Level.VIEW, actor)


def changeable(rows: models.QuerySet[RowT], actor: Actor | None = None) -> models.QuerySet[RowT]:
    """The rows without those that are restricted and not granted to the actor for changes."""
    return _reached(rows, Level.CHANGE, actor)


def beyond(rows: models.QuerySet[RowT], level: Level, actor: Actor | None = None) -> models.QuerySet[RowT]:
    """The other rows: those that `visible` or `changeable` would leave out."""
    acting = actor or current_scope().actor
    if not can_be_restricted(rows.model) or is_unbound(acting):
        return rows.none()
    return rows.filter(is_restricted=True).exclude(granted(rows.model, level, acting))


def _reached(rows: models.QuerySet[RowT], level: Level, actor: Actor | None) -> models.QuerySet[RowT]:
    if not can_be_restricted(rows.model):
        return rows
    acting = actor or current_scope().actor
    if is_unbound(acting):
        return rows
    return rows.filter(models.Q(is_restricted=False) | granted(rows.model, level, acting))


def granted(model: type[models.Model], level: Level, actor: Actor, *, record: str = "pk") -> models.Q:
    """The condition that a row passes when its record was granted to the actor; `record` names the id's column.

    To see a record, the feature that opens all of its kind is as good as a grant.
    """
    if level is Level.VIEW and sees_all(model, actor):
        return models.Q(**{f"{record}__isnull": False})
    return service(ObjectGrants).granted_rows(model, level, actor, record=record)


def can_be_restricted(model: type[models.Model]) -> bool:
    """Say whether rows of the kind may be restricted."""
    return issubclass(model, ObjectAccess)


def sees_all(model: type[models.Model], actor: Actor) -> bool:
    """Say whether the actor sees restricted rows of the kind without a grant, by the feature that opens them all."""
    feature = getattr(model, "view_all_feature", "")
    return bool(feature) and actor.access.allows(feature)


def is_unbound(actor: Actor) -> bool:
    """Say whether restricted rows are open to the actor: the system itself, and super admins of staff."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return actor.access.is_super_admin and actor.kind is not ActorKind.CUSTOMER


def decide(row: models.Model, actor: Actor | None = None) -> ObjectDecision:
    """How far the actor (None: the scope's) reaches on a row, and what decided."""
    acting = actor or current_scope().actor
    if not isinstance(row, ObjectAccess) or not row.is_restricted:
        return ObjectDecision(ObjectRule.OPEN, Level.CHANGE)
    if is_unbound(acting):
        is_system = acting.kind is ActorKind.SYSTEM
        return ObjectDecision(ObjectRule.SYSTEM if is_system else ObjectRule.SUPER_ADMIN, Level.CHANGE)
    found = decided_by(service(ObjectGrants).grants_on(row, acting))
    if found.level is None and sees_all(type(row), acting):
        return ObjectDecision(ObjectRule.SEES_ALL, Level.VIEW)
    return found


def demand_changeable(row: models.Model, actor: Actor | None = None) -> None:
    """Refuse a change of a row that is hidden (RowNotFound) or only to be seen (RecordReadOnly).

    Ask after the row has been locked: a revoke that was waited for counts.
    """
    decision = decide(row, actor)
    if decision.level is None:
        raise RowNotFound
    if not decision.allows(Level.CHANGE):
        raise RecordReadOnly
