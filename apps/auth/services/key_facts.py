"""What lists and pages show of keys beside their own columns; a whole page of keys costs three queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.auth.models import ApiKey, ApiKeyRole, ApiKeySecret, User
from apps.kernel import clock


class KeyState(models.TextChoices):
    """Whether a key works, and if not, why."""

    ACTIVE = "active", _("active")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")
    OWNERLESS = "ownerless", _("without owner")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """`roles` holds ids and names by name; `prefix` begins the newest secret; `overlap_until` ends the former ones.

    `owner` is the name of the user who answers for the key, "" for nobody; `last_used_at` is that of any secret.
    """

    state: KeyState
    roles: tuple[tuple[UUID, str], ...] = ()
    prefix: str = ""
    last_used_at: datetime | None = None
    overlap_until: datetime | None = None
    owner: str = ""


def facts_of(keys: Iterable[ApiKey]) -> dict[UUID, KeyFacts]:
    """The facts of the keys, by id."""
    listed = list(keys)
    ids = [key.pk for key in listed]
    now = clock.now()
    roles, secrets, owners = _roles(ids), _secrets(ids), _owners(listed)
    return {
        key.pk: KeyFacts(
            state=_state(key, owners, now),
            roles=tuple(roles[key.pk]),
            owner=str(owners[key.created_by_id]["name"]) if key.created_by_id in owners else "",
            **_shown(secrets[key.pk], now),
        )
        for key in listed
    }


def in_state(state: str) -> Q:
    """The condition that keys in the state pass."""
    is_revoked = Q(revoked_at__isnull=False)
    has_expired = Q(expires_at__lte=clock.now())
    owner_gone = Q(created_by__is_active=False) | Q(created_by__deleted_at__isnull=False)
    conditions = {
        KeyState.REVOKED: is_revoked,
        KeyState.EXPIRED: ~is_revoked & has_expired,
        KeyState.OWNERLESS: ~is_revoked & ~has_expired & owner_gone,
        KeyState.ACTIVE: ~is_revoked & ~has_expired & ~owner_gone,
    }
    return conditions[KeyState(state)]


def with_prefix(prefix: str) -> Q:
    """The condition that keys pass which have a secret with this prefix."""
    return Q(pk__in=ApiKeySecret.objects.filter(prefix=prefix).values("api_key_id"))


def _state(key: ApiKey, owners: Mapping[UUID, Mapping[str, Any]], now: datetime) -> KeyState:
    if key.revoked_at is not None:
        return KeyState.REVOKED
    if key.expires_at is not None and key.expires_at <= now:
        return KeyState.EXPIRED
    owner = owners.get(key.created_by_id) if key.created_by_id else None
    if owner is not None and (not owner["is_active"] or owner["deleted_at"] is not None):
        return KeyState.OWNERLESS
    return KeyState.ACTIVE


def _roles(ids: list[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    found: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    rows = ApiKeyRole.objects.filter(api_key_id__in=ids).order_by("role__name")
    for key_id, role_id, name in rows.values_list("api_key_id", "role_id", "role__name"):
        found[key_id].append((role_id, name))
    return found


def _secrets(ids: list[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    """Secrets of each key, the newest first."""
    found: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    rows = ApiKeySecret.objects.filter(api_key_id__in=ids).order_by("-created_at", "-id")
    for row in rows.values("api_key_id", "prefix", "expires_at", "last_used_at"):
        found[row["api_key_id"]].append(row)
    return found


def _owners(keys: list[ApiKey]) -> dict[UUID, Mapping[str, Any]]:
    ids = {key.created_by_id for key in keys if key.created_by_id}
    rows = User.objects.filter(pk__in=ids).values("pk", "name", "is_active", "deleted_at") if ids else ()
    return {row["pk"]: row for row in rows}


def _shown(secrets: list[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    if not secrets:
        return {}
    used = [row["last_used_at"] for row in secrets if row["last_used_at"]]
    ends = [row["expires_at"] for row in secrets if row["expires_at"] and row["expires_at"] > now]
    return {
        "prefix": secrets[0]["prefix"],
        "last_used_at": max(used, default=None),
        "overlap_until": max(ends, default=None),
    }
