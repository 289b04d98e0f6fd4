"""Session, user and the versions of what is remembered about them, read in one statement: it runs on every request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models

from apps.auth.models import Session, User
from apps.kernel import clock
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.tenancy.standings import Standing

# Encrypted columns are read when somebody asks for them.
UNREAD: Final = frozenset({"email", "email_index", "email_digest"})
READ = """
SELECT {session}, {user}, coalesce(access.version, 0), coalesce(standing.version, 0), coalesce(standing.is_open, false),
    coalesce(standing.fields_version, 0)
FROM staff_session session
JOIN staff_user "user" ON "user".tenant_id = session.tenant_id AND "user".id = session.user_id
LEFT JOIN staff_access_version access ON access.tenant_id = session.tenant_id
LEFT JOIN tenant_standing standing ON standing.tenant_id = session.tenant_id
WHERE session.tenant_id = %s AND {condition} AND session.expires_at > %s
  AND "user".deleted_at IS NULL AND "user".is_active
"""
BY_KEY: Final = "session.digest = %s"
BY_ID: Final = "session.id = %s AND session.user_id = %s"
STILL = """
SELECT session.id, session.user_id, coalesce(access.version, 0)
FROM staff_session session
JOIN staff_user "user" ON "user".tenant_id = session.tenant_id AND "user".id = session.user_id
LEFT JOIN staff_access_version access ON access.tenant_id = session.tenant_id
WHERE session.tenant_id = %s AND session.id = ANY(%s) AND session.expires_at > %s
  AND "user".deleted_at IS NULL AND "user".is_active
"""
TENANT_OF: Final = "SELECT tenant_id FROM credential_index WHERE kind = 'session' AND digest = %s"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session of a working user, the version of the tenant's grants, and how the tenant stands."""

    session: Session
    user: User
    access_version: int
    standing: Standing


def tenant_of_key(key: str) -> UUID | None:
    """The tenant in which the session of a cookie lies; None for an unknown key. Needs no scope."""
    with connection.cursor() as cursor:  # scope: a global table, by the digest of a secret
        cursor.execute(TENANT_OF, [token_digest(key)])
        row = cursor.fetchone()
    return row[0] if row else None


def signed_in_by_key(tenant_id: UUID, key: str) -> SignedIn | None:
    """Who holds the session of a cookie, inside the tenant's scope and transaction."""
    return _read(BY_KEY, [tenant_id, token_digest(key), clock.now()])


def signed_in_by_id(tenant_id: UUID, session_id: UUID, user_id: UUID) -> SignedIn | None:
    """Who holds the session of a token, inside the tenant's scope and transaction."""
    return _read(BY_ID, [tenant_id, session_id, user_id, clock.now()])


def still_signed_in(tenant_id: UUID, session_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Those of the sessions that live: whose each is, and the version of the tenant's grants. One query, if any."""
    wanted = list(session_ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:  # scope: names the tenant, in a transaction that has been told it
        cursor.execute(STILL, [tenant_id, wanted, clock.now()])
        return {session_id: (user_id, version) for session_id, user_id, version in cursor.fetchall()}


def _read(condition: str, parameters: list[Any]) -> SignedIn | None:
    with connection.cursor() as cursor:  # scope: names the tenant, in a transaction that has been told it
        cursor.execute(_statement(condition), parameters)
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(_fields(Session))
    *_, access, version, is_open, fields = row
    session = Session.from_db(DEFAULT_DB_ALIAS, _names(Session), row[:width])
    user = User.from_db(DEFAULT_DB_ALIAS, _names(User), row[width : width + len(_fields(User))])
    return SignedIn(session, user, access, Standing(version, is_open=is_open, fields_version=fields))


@cache
def _statement(condition: str) -> str:
    return READ.format(session=_columns(Session, "session"), user=_columns(User, '"user"'), condition=condition)


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.local_concrete_fields if field.name not in UNREAD)


@cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in _fields(model))


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model))
