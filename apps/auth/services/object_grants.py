"""`access.grant` and `access.revoke`: who may see and change a single record, and whether it is restricted at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from apps.auth.errors import GrantMissing, OwnAccessLost, RecordOpen
from apps.auth.features import MANAGE_ACL
from apps.auth.models import Role, RoleGrant, User, UserGrant
from apps.auth.services.granted_condition import codename
from apps.auth.services.object_boundary import demand_own_reach
from apps.auth.services.roles import create_role
from apps.kernel.access.objects import Level
from apps.kernel.access.records import restrictable
from apps.kernel.access.visible import decide
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.commands.declarations import ANY_KIND, COMMANDS, command
from apps.kernel.commands.executor import execute
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.running import running
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import ActorKind, Scope, current_scope

Grant = UserGrant | RoleGrant


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a grant: a user, or everybody with a role."""

    user_id: UUID | None = None
    role_id: UUID | None = None

    def grants(self, record: models.Model) -> Any:
        """The holder's grant on the record: one or none."""
        rows: Any = UserGrant.objects if self.user_id else RoleGrant.objects
        kind = ContentType.objects.get_for_model(record)
        return rows.filter(content_type=kind, object_pk=record.pk, **self.column)

    @property
    def column(self) -> dict[str, UUID | None]:
        """The holder as a column."""
        return {"user_id": self.user_id} if self.user_id else {"role_id": self.role_id}

    @property
    def is_actor(self) -> bool:
        """Say whether the actor of the scope is meant."""
        return self.user_id is not None and self.user_id == _own_user_id()


def _example(scope: Scope) -> dict[str, Any]:
    """A role on a new record of the first kind that may be restricted and has an example of its creation.

    Raises LookupError where no such kind is installed.
    """
    for entity in restrictable():
        creation = COMMANDS.get(f"{entity.id}.create")
        if creation is not None and creation.example is not None:
            record = execute(creation, (), dict(creation.example(scope)))
            role = create_role(name=f"Example {uuid7().hex}")
            return {"record_id": record.pk, "entity": entity.id, "role_id": role.pk}
    raise LookupError("no installed kind of record may be restricted")


def _granted_example(scope: Scope) -> dict[str, Any]:
    given = _example(scope)
    grant_access(**given)
    return given


@command("access.grant", feature=MANAGE_ACL, resource=ANY_KIND, example=_example)
def grant_access(
    record_id: UUID,
    *,
    entity: str,
    user_id: UUID | None = None,
    role_id: UUID | None = None,
    level: Level | str = Level.VIEW,
    restrict: bool = False,
) -> Grant:
    """Let a user or a role see (`view`) or also change (`change`) one record; a second grant replaces the first.

    `restrict` hides the record from everybody without a grant; the actor then keeps access by a grant of their own.
    Raises RowNotFound, RecordReadOnly, InvalidInput, GrantBeyondOwn, OwnAccessLost.
    """
    _refuse([*_kind_complaints(entity), *_holder_complaints(user_id, role_id), *_level_complaints(level)])
    record, holder = record_for_update(entity, record_id), Holder(user_id, role_id)
    demand_own_reach(current_scope().actor, record, Level.CHANGE if restrict else Level(level))
    _write(record, holder, Level(level))
    if restrict and not record.is_restricted:
        switch(record, is_restricted=True)
        keep_own_access(record)
    _demand_still_reached(record, holder)
    grant: Grant = holder.grants(record).select_related("permission").get()
    return grant


@command("access.revoke", feature=MANAGE_ACL, resource=ANY_KIND, example=_granted_example)
def revoke_access(
    record_id: UUID,
    *,
    entity: str,
    user_id: UUID | None = None,
    role_id: UUID | None = None,
    reopen: bool = False,
) -> ObjectAccess:
    """Take a grant away. The record stays restricted, also without any grant, unless `reopen` says otherwise.

    `reopen` shows the record to everybody with its kind's feature again and takes all grants away; it needs no
    holder. Raises RowNotFound, RecordReadOnly, InvalidInput, GrantBeyondOwn, GrantMissing, RecordOpen, OwnAccessLost.
    """
    named = not reopen or user_id is not None or role_id is not None
    _refuse([*_kind_complaints(entity), *(_holder_complaints(user_id, role_id, living=False) if named else ())])
    record, holder = record_for_update(entity, record_id), Holder(user_id, role_id)
    demand_own_reach(current_scope().actor, record, Level.CHANGE if reopen else Level.VIEW)
    if named and not holder.grants(record).delete()[0]:
        raise GrantMissing
    if reopen:
        _reopen(record)
    _demand_still_reached(record, holder)
    return record


def record_for_update(entity: str, record_id: UUID) -> ObjectAccess:
    """The living record, locked, and changeable for the actor. Raises RowNotFound, RecordReadOnly."""
    model: Any = next(kind.model for kind in restrictable() if kind.id == entity)
    record: ObjectAccess = load_for_update(model, record_id)
    if getattr(record, "deleted_at", None) is not None:
        raise RowNotFound
    # The tables of grants have no organizations: without this, whoever does not see the record's could undo.
    if (organization_id := getattr(record, "organization_id", None)) is not None:
        running().organizations.add(organization_id)
    return record


def _write(record: models.Model, holder: Holder, level: Level) -> None:
    kind = ContentType.objects.get_for_model(record)
    permission = Permission.objects.get(content_type=kind, codename=codename(type(record), level))
    rows: Any = UserGrant.objects if holder.user_id else RoleGrant.objects
    rows.update_or_create(content_type=kind, object_pk=record.pk, **holder.column, defaults={"permission": permission})


def switch(record: ObjectAccess, *, is_restricted: bool) -> None:
    """Write down whether the record is restricted."""
    record.is_restricted = is_restricted
    record.save(update_fields=["is_restricted"])


def _reopen(record: ObjectAccess) -> None:
    if not record.is_restricted:
        raise RecordOpen
    switch(record, is_restricted=False)
    kind = ContentType.objects.get_for_model(record)
    for grants in (UserGrant, RoleGrant):
        grants.objects.filter(content_type=kind, object_pk=record.pk).delete()


def keep_own_access(record: ObjectAccess) -> None:
    """Nobody locks themselves out by restricting a record."""
    own = _own_user_id()
    if own is not None and not decide(record).allows(Level.CHANGE):
        _write(record, Holder(user_id=own), Level.CHANGE)


def _own_user_id() -> UUID | None:
    """The acting user, None for programs and for visitors from another tenant."""
    actor = current_scope().actor
    if actor.kind is not ActorKind.STAFF or not User.objects.filter(pk=actor.id).exists():
        return None
    return actor.id


def _demand_still_reached(record: ObjectAccess, holder: Holder) -> None:
    """Refuse what takes the record from the actor by the way; to take it from oneself by name is one's own will."""
    if not holder.is_actor:
        demand_actor_reaches(record)


def demand_actor_reaches(record: ObjectAccess) -> None:
    """Refuse what has taken the record from the actor. Raises OwnAccessLost."""
    if not decide(record).allows(Level.CHANGE):
        raise OwnAccessLost


def _kind_complaints(entity: str) -> Iterator[FieldError]:
    if entity not in {kind.id for kind in restrictable()}:
        yield FieldError("entity", "auth.object_grant.kind", _("Records of this kind cannot be restricted."))


def _level_complaints(level: str) -> Iterator[FieldError]:
    if level not in set(Level):
        text = _("Choose one of: {levels}.").format(levels=", ".join(Level))
        yield FieldError("level", "auth.object_grant.level", text)


def _holder_complaints(user_id: UUID | None, role_id: UUID | None, *, living: bool = True) -> Iterator[FieldError]:
    if (user_id is None) == (role_id is None):
        text = _("Name either a user or a role.")
        yield FieldError("user_id", "auth.object_grant.holder", text)
    elif user_id is not None and living and not User.objects.filter(pk=user_id, deleted_at__isnull=True).exists():
        yield no_such_record("user_id")
    elif role_id is not None and living and not Role.objects.filter(pk=role_id).exists():
        yield no_such_record("role_id")


def _refuse(complaints: list[FieldError]) -> None:
    if complaints:
        raise InvalidInput(errors=tuple(complaints))
