"""The condition that a record was granted to somebody, written as one piece.

Lists ask for it in each statement, some several times. Put together of query sets it costs Python more than the
database; here it is a text that is made once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import BooleanField, F, Func

from apps.auth.models import ApiKeyRole, RoleGrant, UserGrant, UserRole
from apps.kernel.access.objects import Level
from apps.kernel.tenancy.scope import current_scope

# Names of no table and no alias of Django's: the record's column is named by the statement around.
KIND: Final = "(SELECT kind.id FROM {kinds} kind WHERE kind.app_label = %s AND kind.model = %s)"
GRANT: Final = (
    "EXISTS (SELECT FROM {grants} held WHERE held.tenant_id = %s AND {holder}"
    " AND held.content_type_id = {kind} AND held.object_pk = {{record}}{level})"
)
ROLES: Final = (
    "held.role_id = ANY (ARRAY(SELECT member.role_id FROM {memberships} member"
    " WHERE member.tenant_id = %s AND member.{holder} = %s))"
)
LEVEL: Final = (
    " AND held.permission_id = (SELECT may.id FROM {permissions} may WHERE may.codename = %s"
    " AND may.content_type_id = {kind})"
)


class GrantedTo(Func):
    """A grant of the holder's own, or of one of their roles, reaches the record whose id stands in the column."""

    output_field = BooleanField()

    def __init__(self, record: str, text: str, values: tuple[Any, ...]) -> None:
        super().__init__(F(record))
        self.text, self.values = text, values

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        """The text around the column, which is named once in it."""
        [column] = self.get_source_expressions()
        record, parameters = compiler.compile(column)
        before, _mark, after = self.text.partition("{record}")
        held = before.count("%s")
        return f"{before}{record}{after}", [*self.values[:held], *parameters, *self.values[held:]]


def by_own_grant(model: type[models.Model], level: Level, user_id: UUID, *, record: str) -> GrantedTo:
    """Granted to the user themself."""
    values = (current_scope().tenant_id, user_id, *_kind(model), *_level(model, level))
    return GrantedTo(record, _text(UserGrant, None, level), values)


def by_role(
    memberships: type[UserRole | ApiKeyRole], model: type[models.Model], level: Level, holder_id: UUID, *, record: str
) -> GrantedTo:
    """Granted to a role that the holder, a user or a key, is a member of."""
    tenant_id = current_scope().tenant_id
    values = (tenant_id, tenant_id, holder_id, *_kind(model), *_level(model, level))
    return GrantedTo(record, _text(RoleGrant, memberships, level), values)


def codename(model: type[models.Model], level: Level) -> str:
    """Name of Django's permission for the level: `change_book`."""
    return f"{level.value}_{model._meta.model_name}"


def _kind(model: type[models.Model]) -> tuple[Any, ...]:
    """The row of the kind is looked up inside the statement, so that a fresh process asks nothing beside it."""
    meta = model._meta.concrete_model._meta  # type: ignore[union-attr]
    return meta.app_label, meta.model_name


def _level(model: type[models.Model], level: Level) -> tuple[Any, ...]:
    """Each grant lets its holder see the record; changes are asked for by name."""
    return () if level is Level.VIEW else (codename(model, level), *_kind(model))


@lru_cache(maxsize=64)
def _text(grants: type[models.Model], memberships: type[models.Model] | None, level: Level) -> str:
    kind = KIND.format(kinds=ContentType._meta.db_table)
    holder = "held.user_id = %s"
    if memberships is not None:
        column = "api_key_id" if memberships is ApiKeyRole else "user_id"
        holder = ROLES.format(memberships=memberships._meta.db_table, holder=column)
    named = "" if level is Level.VIEW else LEVEL.format(permissions=Permission._meta.db_table, kind=kind)
    return GRANT.format(grants=grants._meta.db_table, holder=holder, kind=kind, level=named)
