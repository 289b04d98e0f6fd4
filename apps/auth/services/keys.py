"""API keys: making, changing, renewing and revoking them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.auth.features import MANAGE_API_KEYS
from apps.auth.models import ApiKey, ApiKeyRole, User
from apps.auth.services.boundary import demand_touchable
from apps.auth.services.checks import refuse
from apps.auth.services.key_access import access_of_key, roles_of_key
from apps.auth.services.key_boundary import demand_key_mastery, guarding_key, guarding_new_key, only_visible
from apps.auth.services.key_checks import fill_key, role_ids
from apps.auth.services.key_refusals import ApiKeyExpired, ApiKeyRevoked
from apps.auth.services.key_secrets import retire_secrets, write_secret
from apps.auth.services.object_boundary import demand_reached_roles
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.running import about
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import ActorKind, Scope, current_scope

OVERLAP_HOURS = 24
LONGEST_OVERLAP = 168
GIVEN_OUT = gettext_lazy("a key that was given out is ended by revoking it.")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key and its new secret, which is shown to whoever asked for it and never again."""

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        """Name the key, not the secret."""
        return f"<issued {self.key.pk}>"

    @property
    def record(self) -> ApiKey:
        """The key, as pages and answers of every issued secret call it."""
        return self.key


def _changed_key(scope: Scope) -> dict[str, Any]:
    key = create_api_key(name=f"Example {uuid7().hex}", addresses=["192.0.2.0/24"]).key
    return {"key_id": key.pk, "name": "Example renamed", "addresses": ["192.0.2.7"], "per_minute": 60}


@command("auth.api_key.create", feature=MANAGE_API_KEYS, undoable=False, undo_reason=GIVEN_OUT)
def create_api_key(
    *,
    name: str,
    description: str = "",
    roles: Sequence[UUID | str] = (),
    features: Collection[str] = (),
    organization_ids: Collection[UUID] | Unchanged | None = UNCHANGED,
    addresses: Collection[str] = (),
    per_minute: int | None = None,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Make a key with its first secret; `roles` holds ids or names, `addresses` networks or single addresses.

    Without `organization_ids` the list is the actor's own; None is everything that the roles reach. Raises
    GrantBeyondOwn, and InvalidInput with all complaints.
    """
    own = current_scope().actor.access.organization_ids
    key = ApiKey(organization_ids=None if own is None else sorted(own), created_by_id=_who_answers())
    given = {"name": name, "description": description, "features": features, "organization_ids": organization_ids}
    complaints = fill_key(key, {**given, "addresses": addresses, "per_minute": per_minute, "expires_at": expires_at})
    chosen, bad_roles = role_ids(roles)
    refuse([*complaints, *bad_roles])
    with guarding_new_key(key):
        key.save(force_insert=True)
        _write_roles(key, chosen)
    about(key)
    return IssuedKey(key, write_secret(key.pk))


@command("auth.api_key.update", feature=MANAGE_API_KEYS, example=_changed_key)
def update_api_key(
    key_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    roles: Sequence[UUID | str] | None = None,
    features: Collection[str] | None = None,
    organization_ids: Collection[UUID] | Unchanged | None = UNCHANGED,
    addresses: Collection[str] | None = None,
    per_minute: int | Unchanged | None = UNCHANGED,
    expires_at: datetime | Unchanged | None = UNCHANGED,
) -> ApiKey:
    """Change what is given; it holds at the key's next request.

    A later end and more addresses count as granting anew all that the key may do. Raises ApiKeyRevoked,
    SuperAdminProtected for a key of a super admin, and what `create_api_key` raises.
    """
    key = _living_key(key_id)
    texts = {"name": name, "description": description, "features": features, "addresses": addresses}
    given: dict[str, Any] = {column: value for column, value in texts.items() if value is not None}
    given |= {"organization_ids": organization_ids, "per_minute": per_minute, "expires_at": expires_at}
    with guarding_key(key):
        complaints = fill_key(key, given)
        chosen, bad_roles = role_ids(roles or ())
        refuse([*complaints, *bad_roles])
        key.save()
        if roles is not None:
            _write_roles(key, chosen)
    return key


@command(
    "auth.api_key.rotate",
    feature=MANAGE_API_KEYS,
    undoable=False,
    undo_reason=gettext_lazy("a secret that was shown cannot be taken back; revoke the key."),
)
def rotate_api_key(key_id: UUID, *, overlap_hours: int = OVERLAP_HOURS) -> IssuedKey:
    """Give the key a new secret; the former ones work for the overlap (0 to 168 hours) and then no more.

    Whoever asks answers for the key from now on. Where the one who did so is gone, there is no overlap: it would
    bring the secrets back that they knew. Raises ApiKeyRevoked, ApiKeyExpired, InvalidInput, SuperAdminProtected,
    and GrantBeyondOwn for a key that may do more than the actor.
    """
    refuse(_overlap_complaints(overlap_hours))
    key, now = _living_key(key_id), clock.now()
    if key.expires_at is not None and key.expires_at <= now:
        raise ApiKeyExpired
    demand_key_mastery(key)
    has_owner = key.created_by_id is None or _works(key.created_by_id)
    overlap = timedelta(hours=overlap_hours if has_owner else 0)
    retire_secrets(key.pk, at=now + overlap, now=now)
    key.created_by_id = _who_answers() or (key.created_by_id if has_owner else None)
    key.save(update_fields=["created_by", "version"])
    return IssuedKey(key, write_secret(key.pk))


@command(
    "auth.api_key.revoke",
    feature=MANAGE_API_KEYS,
    undoable=False,
    undo_reason=gettext_lazy("a revoked key never comes back; make a new one."),
)
def revoke_api_key(key_id: UUID) -> ApiKey:
    """End the key; its next request fails. Raises ApiKeyRevoked, SuperAdminProtected."""
    key = _living_key(key_id)
    demand_touchable(current_scope().actor, access_of_key(key.pk))
    key.revoked_at = clock.now()
    key.save(update_fields=["revoked_at", "version"])
    return key


def _living_key(key_id: UUID) -> ApiKey:
    if not only_visible(ApiKey.objects.filter(pk=key_id)).exists():
        raise RowNotFound
    key = load_for_update(ApiKey, key_id)
    if key.revoked_at is not None:
        raise ApiKeyRevoked
    return key


def _write_roles(key: ApiKey, role_ids: set[UUID]) -> None:
    held = set(roles_of_key(key.pk))
    fresh = sorted(role_ids - held)
    demand_reached_roles(current_scope().actor, fresh)
    ApiKeyRole.objects.filter(api_key_id=key.pk, role_id__in=held - role_ids).delete()
    ApiKeyRole.objects.bulk_create([ApiKeyRole(api_key_id=key.pk, role_id=role_id) for role_id in fresh])


def _who_answers() -> UUID | None:
    """The user who answers for a key that the actor makes; None where the actor is no user of this tenant."""
    actor = current_scope().actor
    if actor.kind is ActorKind.API_KEY:
        found: UUID | None = ApiKey.objects.filter(pk=actor.id).values_list("created_by_id", flat=True).first()
        return found
    return actor.id if actor.kind is ActorKind.STAFF and actor.id and _works(actor.id) else None


def _works(user_id: UUID) -> bool:
    return User.objects.filter(pk=user_id, is_active=True, deleted_at__isnull=True).exists()


def _overlap_complaints(hours: int) -> Iterator[FieldError]:
    if not 0 <= hours <= LONGEST_OVERLAP:
        text = _("Give a whole number from {least} to {most}.").format(least=0, most=LONGEST_OVERLAP)
        yield FieldError("overlap_hours", "auth.api_key.overlap_hours", text)
