"""Undo and redo of keys under today's boundary: what a restored row would give, the actor must hold.

Rows come one by one, and others of the same key may come back beside each. So a row of the key is judged as if no
role cut its list, and a role both by itself and together with what the key holds now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from apps.auth.calculations import Organizations, gain, role_access
from apps.auth.features import MANAGE_API_KEYS
from apps.auth.models import ApiKey
from apps.auth.selectors import grants_of_role, organization_set
from apps.auth.services.boundary import demand_grantable, demand_touchable, is_exempt
from apps.auth.services.key_access import access_of_key, key_access, key_grants, overlap, roles_of_key, spread
from apps.auth.services.key_boundary import TERMS, USE, demand_somewhere, demand_within, own_terms, sees_key_of
from apps.auth.services.key_refusals import ApiKeyRevoked
from apps.auth.services.key_terms import KeyTerms, terms_of
from apps.auth.services.object_boundary import demand_reached_roles
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.registry.entities import Image
from apps.kernel.tenancy.scope import Actor


@dataclass(frozen=True, slots=True)
class _Lists:
    """A key's own features and list of organizations, and its terms; a key that is not there has nothing."""

    features: frozenset[str] = frozenset()
    organizations: Organizations = frozenset()
    terms: KeyTerms | None = None

    @property
    def alone(self) -> Access:
        """What the key would do without roles."""
        return key_access([], self.features, self.organizations)


def judge_api_key(before: Image | None, after: Image | None, actor: Actor) -> None:
    """A revoked key stays revoked, whoever asks; features, organizations, a later end and more addresses are gains."""
    if before and after and before["revoked_at"] is not None and after["revoked_at"] is None:
        raise ApiKeyRevoked
    if is_exempt(actor):
        return
    former, restored = _lists(before), _lists(after)
    key_id = UUID((before or after or {})["id"])
    _demand_visible(actor, *(lists for lists in (former, restored) if lists.terms))
    demand_touchable(actor, access_of_key(key_id))
    if restored.terms is None:
        return
    loosened = set(restored.terms.loosened_since(former.terms)) if former.terms else set(TERMS)
    given = NOTHING if former.terms is None or loosened & USE else former.alone
    added = gain(spread(given), restored.alone)
    if added or loosened:
        _demand_restorable(actor, before=given, after=restored.alone)
        demand_within(own_terms(actor), restored.terms, columns=TERMS if added else loosened)
    if loosened & USE:
        demand_reached_roles(actor, roles_of_key(key_id))
    if added.organizations or loosened & USE:
        whole = key_access(key_grants(key_id), restored.features, None)
        _demand_restorable(actor, before=NOTHING, after=replace(whole, organization_ids=restored.organizations))


def judge_api_key_role(before: Image | None, after: Image | None, actor: Actor) -> None:
    """A restored role gives what it grants; without its last role a key reaches all that its own list says."""
    if is_exempt(actor):
        return
    image = before or after or {}
    key_id = UUID(image["api_key_id"])
    lists, roles = _lists_now(key_id), key_grants(key_id)
    _demand_visible(actor, *([lists] if lists.terms else []))
    now = key_access(roles, lists.features, lists.organizations)
    demand_touchable(actor, now)
    if after is None:
        _demand_gain_restorable(actor, lists, before=now, after=lists.alone)
        return
    demand_reached_roles(actor, [UUID(image["role_id"])])
    role = grants_of_role(UUID(image["role_id"]))
    alone = role_access(role)
    limit = lists.organizations if lists.terms else None  # a key that comes back as well is judged by its own row
    _demand_restorable(
        actor, before=NOTHING, after=replace(alone, organization_ids=overlap(limit, alone.organization_ids))
    )
    _demand_gain_restorable(actor, lists, before=now, after=key_access([*roles, role], lists.features, limit))


def _demand_gain_restorable(actor: Actor, lists: _Lists, *, before: Access, after: Access) -> None:
    if gain(spread(before), after):
        _demand_restorable(actor, before=before, after=after)
        if lists.terms is not None:
            demand_within(own_terms(actor), lists.terms, columns=TERMS)


def _demand_restorable(actor: Actor, *, before: Access, after: Access) -> None:
    if not actor.access.allows(MANAGE_API_KEYS):
        raise FeatureRequired(feature=MANAGE_API_KEYS)
    demand_somewhere(actor)
    demand_grantable(actor, before=spread(before), after=after)


def _demand_visible(actor: Actor, *seen: _Lists) -> None:
    if not all(sees_key_of(actor, lists.organizations) for lists in seen):
        raise RowNotFound


def _lists(image: Mapping[str, Any] | None) -> _Lists:
    if image is None:
        return _Lists()
    return _Lists(frozenset(image["features"]), organization_set(image["organization_ids"]), terms_of(image))


def _lists_now(key_id: UUID) -> _Lists:
    columns = ("features", "organization_ids", *TERMS)
    return _lists(ApiKey.objects.filter(pk=key_id).values(*columns).first())
