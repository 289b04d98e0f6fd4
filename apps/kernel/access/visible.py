"""Which rows an actor sees: the one function for lists, details, exports, references, undo and streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

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
    if not can_be_restricted(rows.model):
        return rows.none()
    tests = [models.Q(Exists(hidden)) for _column, hidden in _hidden_above(rows.model, acting)]
    if not _reaches_all(rows.model, level, acting):
        tests.append(models.Q(is_restricted=True) & ~granted(rows.model, level, acting))
    return rows.filter(reduce(or_, tests)) if tests else rows.none()


def _reached(rows: models.QuerySet[RowT], level: Level, actor: Actor | None) -> models.QuerySet[RowT]:
    if not can_be_restricted(rows.model):
        return rows
    acting = actor or current_scope().actor
    tests = [_seen_above(column, hidden) for column, hidden in _hidden_above(rows.model, acting)]
    if not _reaches_all(rows.model, level, acting):
        tests.append(models.Q(is_restricted=False) | granted(rows.model, level, acting))
    return rows.filter(*tests) if tests else rows


def _seen_above(column: str, hidden: models.QuerySet[Any]) -> models.Q:
    """The condition that what a row is below is not among the hidden.

    The alternative keeps the planner from making a join of it: it would expect next to no rows of that, and sort all
    of a table for one page instead of walking an index in order.
    """
    return models.Q(**{f"{column}__isnull": True}) | models.Q(~Exists(hidden))


def _hidden_above(model: type[models.Model], actor: Actor) -> Iterator[tuple[str, models.QuerySet[Any]]]:
    """Rows that a row of the kind is below and that the actor does not see, as conditions on that row's column."""
    for column, kinds in _above(model).items():
        for kind in kinds:
            if not _sees_whole(kind, actor):
                hidden = kind._default_manager.order_by().filter(pk=OuterRef(column))
                yield column, beyond(hidden, Level.VIEW, actor)


def _above(model: type[models.Model]) -> Mapping[str, tuple[type[models.Model], ...]]:
    found: Mapping[str, tuple[type[models.Model], ...]] = getattr(model, "below", {})
    return found


def _sees_whole(model: type[models.Model], actor: Actor) -> bool:
    """Say whether no row of the kind is hidden from the actor, so that nobody has to look."""
    above = (kind for kinds in _above(model).values() for kind in kinds)
    return _reaches_all(model, Level.VIEW, actor) and all(_sees_whole(kind, actor) for kind in above)


def _reaches_all(model: type[models.Model], level: Level, actor: Actor) -> bool:
    """Say whether restricted rows of the kind are as open to the actor as others, as far as the level goes."""
    by_feature = level is Level.VIEW and not is_personal(model) and sees_all(model, actor)
    return by_feature or is_open(model, actor)


def granted(model: type[models.Model], level: Level, actor: Actor, *, record: str = "pk") -> models.Q:
    """The condition that a row passes when its record was granted to the actor; `record` names the id's column.

    To see a record, the feature that opens all of its kind is as good as a grant. Of a kind whose restricted rows are
    somebody's own it is passed by the actor's own ones.
    """
    if is_personal(model):
        return _own(model, actor, record=record)
    if level is Level.VIEW and sees_all(model, actor):
        return models.Q(**{f"{record}__isnull": False})
    return service(ObjectGrants).granted_rows(model, level, actor, record=record)


def _own(model: type[models.Model], actor: Actor, *, record: str) -> models.Q:
    person = person_of(actor)
    if person is None:
        return models.Q(pk__in=[])
    test = models.Q(**{getattr(model, "personal_to", ""): person})
    if record == "pk":
        return test
    own = model._default_manager.order_by().filter(test)
    return models.Q(Exists(own.filter(pk=OuterRef(record))))


def person_of(actor: Actor) -> UUID | None:
    """The user who acts, or for whom a workflow does; None for everybody else, keys included."""
    if actor.kind is ActorKind.STAFF:
        return actor.id
    return actor.on_behalf_of if actor.kind is ActorKind.WORKFLOW else None


def can_be_restricted(model: type[models.Model]) -> bool:
    """Say whether rows of the kind may be restricted."""
    return issubclass(model, ObjectAccess)


def is_unbound(actor: Actor) -> bool:
    """Say whether restricted rows are open to the actor: the system itself, and super admins of staff."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return actor.access.is_super_admin and actor.kind is not ActorKind.CUSTOMER


def _seen_from_above(row: models.Model, actor: Actor) -> bool:
    rows: models.QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk)
    tests = [_seen_above(column, hidden) for column, hidden in _hidden_above(type(row), actor)]
    return rows.filter(*tests).exists()


def is_personal(model: type[models.Model]) -> bool:
    """Say whether the kind's restricted rows are somebody's own, which nobody can be granted."""
    return bool(getattr(model, "personal_to", ""))


def may_hide(model: type[models.Model], actor: Actor) -> bool:
    """Say whether rows of a kind that may be restricted, or what they are below, may be hidden from the actor."""
    above = (kind for kinds in getattr(model, "below", {}).values() for kind in kinds)
    return not all(is_open(kind, actor) for kind in (model, *above))


def is_open(model: type[models.Model], actor: Actor) -> bool:
    """Say whether the kind's restricted rows are open to the actor: somebody's own ones only to the system."""
    return actor.kind is ActorKind.SYSTEM or (is_unbound(actor) and not is_personal(model))


def decide(row: models.Model, actor: Actor | None = None) -> ObjectDecision:
    """How far the actor (None: the scope's) reaches on a row, and what decided."""
    acting = actor or current_scope().actor
    if not isinstance(row, ObjectAccess):
        return ObjectDecision(ObjectRule.OPEN, Level.CHANGE)
    above_hides = row.below and may_hide(type(row), acting)
    if above_hides and not _seen_from_above(row, acting):
        return ObjectDecision(ObjectRule.NOT_GRANTED, None)
    if not row.is_restricted:
        return ObjectDecision(ObjectRule.OPEN, Level.CHANGE)
    if is_open(type(row), acting):
        is_system = acting.kind is ActorKind.SYSTEM
        return ObjectDecision(ObjectRule.SYSTEM if is_system else ObjectRule.SUPER_ADMIN, Level.CHANGE)
    return _decide_of_personal(row, acting) if row.personal_to else _decide_of_granted(row, acting)


def _decide_of_personal(row: ObjectAccess, actor: Actor) -> ObjectDecision:
    person = person_of(actor)
    own = person is not None and getattr(row, row.personal_to) == person
    return ObjectDecision(ObjectRule.OWN, Level.CHANGE) if own else ObjectDecision(ObjectRule.NOT_GRANTED, None)


def _decide_of_granted(row: ObjectAccess, actor: Actor) -> ObjectDecision:
    found = decided_by(service(ObjectGrants).grants_on(row, actor))
    if found.level is None and sees_all(type(row), actor):
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


def sees_all(model: type[models.Model], actor: Actor) -> bool:
    """Say whether the actor sees restricted rows of the kind without a grant, by the feature that opens them all."""
    feature = getattr(model, "view_all_feature", "")
    return bool(feature) and actor.access.allows(feature)
