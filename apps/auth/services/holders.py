"""Who holds a feature, and through what; and the catalogue of everything that can be granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from apps.auth.calculations import GrantList, role_access
from apps.auth.models import ApiKey, Role, User
from apps.auth.services.key_boundary import only_visible
from apps.auth.services.members import KeyHolding, UserHolding, grants_of_roles, key_holdings, user_holdings
from apps.auth.services.visibility import only_visible_roles, only_visible_users
from apps.kernel.access.grants import PORTAL, Access, Decision
from apps.kernel.registry.features import Feature, every_feature
from apps.kernel.registry.modules import modules


@dataclass(frozen=True, slots=True)
class Holder:
    """A role, a user or a key, and what decides about one feature for it.

    `organization_ids` None is every organization. `is_active` is false for users who cannot log in.
    """

    id: UUID
    name: str
    decision: Decision
    organization_ids: frozenset[UUID] | None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Holders:
    """Everybody who holds a feature by name, and the users from whom it was taken although a role grants it."""

    roles: tuple[Holder, ...]
    users: tuple[Holder, ...]
    denied: tuple[Holder, ...]
    api_keys: tuple[Holder, ...]


def holders_of(feature: str, *, with_keys: bool) -> Holders:
    """Roles, users and keys that the actor may see, and what gives each the feature; the check's own decision.

    A fixed number of queries; users with the same roles and no list of their own are decided once.
    """
    grants = grants_of_roles()
    users = _users(feature, grants)
    return Holders(
        roles=tuple(item for item in _roles(feature, grants) if item.decision.allowed),
        users=tuple(item for item in users if item.decision.allowed),
        denied=tuple(item for item in users if item.decision.rule == "denied"),
        api_keys=tuple(item for item in _keys(feature, grants) if item.decision.allowed) if with_keys else (),
    )


def _roles(feature: str, grants: dict[UUID, GrantList]) -> list[Holder]:
    rows = only_visible_roles(Role.objects.order_by("name", "pk")).values_list("pk", "name")
    return [_holder(pk, name, feature, role_access(grants[pk])) for pk, name in rows]


def _users(feature: str, grants: dict[UUID, GrantList]) -> list[Holder]:
    rows = only_visible_users(User.objects.filter(deleted_at__isnull=True))
    held, known = user_holdings(rows), dict[UserHolding, Access]()
    found = []
    for user in rows.order_by("name", "pk").only("pk", "name", "is_active", "is_confirmed", "deleted_at"):
        holding = held.get(user.pk)
        if holding is None:
            continue
        if holding not in known:
            known[holding] = holding.access(grants)
        found.append(_holder(user.pk, user.name, feature, known[holding], is_active=user.is_usable))
    return found


def _keys(feature: str, grants: dict[UUID, GrantList]) -> list[Holder]:
    rows = only_visible(ApiKey.objects.filter(revoked_at__isnull=True))
    held, known = key_holdings(rows), dict[KeyHolding, Access]()
    for holding in set(held.values()):
        known[holding] = holding.access(grants)
    names = rows.order_by("name", "pk").values_list("pk", "name")
    return [_holder(pk, name, feature, known[held[pk]]) for pk, name in names if pk in held]


def _holder(pk: UUID, name: str, feature: str, access: Access, *, is_active: bool = True) -> Holder:
    return Holder(pk, name, access.explain(feature), access.organization_ids, is_active)


@dataclass(frozen=True, slots=True)
class ModuleFeatures:
    """What one module lets staff be granted."""

    module: str
    label: str
    features: tuple[Feature, ...]


def catalogue() -> list[ModuleFeatures]:
    """Every feature that staff can be granted, by module in order of their ids."""
    labels = {config.manifest.id: str(config.manifest.label) for config in modules()}
    found: dict[str, list[Feature]] = {}
    for item in _staff_features():
        found.setdefault(item.module, []).append(item)
    return [ModuleFeatures(name, labels.get(name, name), tuple(items)) for name, items in found.items()]


def _staff_features() -> Iterable[Feature]:
    return (item for item in every_feature() if not item.id.startswith(PORTAL))
