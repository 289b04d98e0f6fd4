"""Who sent a request with an API key: the key itself, with what its roles and lists allow right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest

from apps.auth.callers import Caller
from apps.auth.models import AccessVersion, ApiKey, ApiKeySecret
from apps.auth.selectors import organization_set
from apps.auth.services.key_access import key_access, key_grants, key_grants_at
from apps.auth.services.key_secrets import KIND, is_key, note_use
from apps.auth.services.key_terms import Address, admits
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.crypto.tokens import matches, token_digest
from apps.kernel.limits.addresses import client_address
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import CredentialIndex
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction

INTERFACE: Final = "/api/"
STATE: Final = ("expires_at", "revoked_at", "created_by_id", "created_by__is_active", "created_by__deleted_at")
LISTS: Final = ("features", "organization_ids")
OF_KEY: Final = tuple(f"api_key__{name}" for name in (*STATE, *LISTS, "name", "addresses", "per_minute"))
Secrets = Mapping[UUID | None, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KeyCaller(Caller):
    """A program with a key; `per_minute` is the key's own limit, None the installation's.

    `secret_id` is the secret that it came with, `address` where it came from.
    """

    per_minute: int | None = None
    secret_id: UUID | None = None
    address: Address | None = None


def caller_with_key(request: HttpRequest, secret: str) -> KeyCaller | None:
    """Whom the key belongs to; None for an unknown, ended or revoked one, and from an address that it does not admit.

    A mistyped key costs no query, a good one two, one more when the grants of its roles are not cached at the
    tenant's access version. Keys open the REST interface only. Whether the tenant is open is the scope
    middleware's question.
    """
    if not request.path_info.startswith(INTERFACE) or not is_key(secret):
        return None
    tenant_id = _tenant_of(secret)
    if tenant_id is None:
        return None
    with system_scope(tenant_id, "identity"), scoped_transaction():
        return _caller(secret, client_address(request))


def key_again(actor: Actor) -> Actor:
    """The key that acts, with the access of now; for workers, inside the tenant's scope and transaction.

    Nothing is left to a key that was revoked or has expired, whose owner is gone, or whose tenant is closed.
    """
    row = ApiKey.objects.filter(pk=actor.id).values(*STATE, *LISTS).first()
    is_open = service(OrganizationTree).tenant_is_open(current_scope().tenant_id)
    if row is None or actor.id is None or not is_open or not _is_good(row, clock.now()):
        return replace(actor, access=NOTHING)
    organizations = organization_set(row["organization_ids"])
    return replace(actor, access=key_access(key_grants(actor.id), row["features"], organizations))


def key_still(caller: KeyCaller, secrets: Secrets) -> Actor | None:
    """The actor with the access of now, if secret and key are still good where the program called from.

    `secrets` holds rows of `secret_rows` by id; grants of roles are cached at the tenant's access version.
    """
    row = secrets.get(caller.secret_id)
    access = _access_by(row, caller.address) if row is not None else None
    return replace(caller.actor, access=access) if access is not None else None


def _tenant_of(secret: str) -> UUID | None:
    entries = CredentialIndex.objects.filter(kind=KIND, digest=token_digest(secret))
    tenant_id: UUID | None = entries.values_list("tenant_id", flat=True).first()
    return tenant_id


def _caller(secret: str, address: Address | None) -> KeyCaller | None:
    row = next(iter(secret_rows(digest=token_digest(secret))), None)
    if row is None or not matches(secret, row["digest"]):
        return None
    access = _access_by(row, address)
    if access is None:
        return None
    note_use(row["pk"], last=row["last_used_at"], now=clock.now())
    actor = Actor(ActorKind.API_KEY, row["api_key_id"], row["api_key__name"], access)
    return KeyCaller(
        actor,
        current_scope().tenant_id,
        _home(access),
        per_minute=row["api_key__per_minute"],
        secret_id=row["pk"],
        address=address,
    )


def secret_rows(**condition: Any) -> list[dict[str, Any]]:
    """Secrets, each with its key, the key's owner and the tenant's access version, in one query; none for no ids."""
    version = AccessVersion.objects.filter(pk=OuterRef("tenant_id")).values("version")
    rows = ApiKeySecret.objects.filter(**condition).annotate(version=Subquery(version))
    return list(rows.values("pk", "digest", "expires_at", "last_used_at", "api_key_id", "version", *OF_KEY))


def _access_by(row: Mapping[str, Any], address: Address | None) -> Access | None:
    """What the secret opens now from that address; None for an ended one."""
    now = clock.now()
    key = {name.removeprefix("api_key__"): value for name, value in row.items() if name in OF_KEY}
    if _has_ended(row["expires_at"], now) or not _is_good(key, now) or not admits(key["addresses"], address):
        return None
    return _access(row["api_key_id"], key, version=row["version"] or 0)


def _is_good(key: Mapping[str, Any], now: datetime) -> bool:
    """Say whether the key itself may be used; one that somebody answers for lives no longer than their account."""
    if key["revoked_at"] is not None or _has_ended(key["expires_at"], now):
        return False
    if key["created_by_id"] is None:
        return True
    return bool(key["created_by__is_active"]) and key["created_by__deleted_at"] is None


def _has_ended(end: datetime | None, now: datetime) -> bool:
    return end is not None and end <= now


def _access(key_id: UUID, key: Mapping[str, Any], *, version: int) -> Access:
    roles = key_grants_at(current_scope().tenant_id, key_id, version)
    return key_access(roles, key["features"], organization_set(key["organization_ids"]))


def _home(access: Access) -> UUID | None:
    """Where the key works when nothing is selected: its only organization, if it has just one."""
    listed = access.organization_ids
    return next(iter(listed)) if listed is not None and len(listed) == 1 else None
