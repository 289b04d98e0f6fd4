"""Arithmetic of grants: what comes together, what is left, and what one change would add. No queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from apps.kernel.access.grants import PORTAL, Access, has_feature, match_feature
from apps.kernel.registry.features import FEATURES, with_implied

MOST_FAILURES: Final = 5
SHORTEST_LOCK: Final = timedelta(minutes=15)
LONGEST_LOCK: Final = timedelta(hours=24)
MOST_DOUBLINGS: Final = 7

Organizations = frozenset[UUID] | None


@dataclass(frozen=True, slots=True)
class GrantList:
    """What one role or one user's own list grants; `source` names it in explanations.

    `organization_ids` None is every organization for a role, and "no list of their own" for a user. `role_id` is the
    role's where it matters whose roles they are.
    """

    features: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    is_super_admin: bool = False
    organization_ids: Organizations = None
    source: str = ""
    system_key: str = ""
    role_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change adds: grants and denials' ends as `features`, and whether it reaches further organizations."""

    features: frozenset[str] = field(default=frozenset())
    super_admin: bool = False
    organizations: bool = False

    def __bool__(self) -> bool:
        """Say whether anything is added."""
        return bool(self.features) or self.super_admin or self.organizations


def merged(roles: Iterable[GrantList], own: GrantList | None) -> Access:
    """Access of a user: roles and own list together, less what is denied.

    Organizations are those of the user's own list if it has one, else those of all roles, where None of any
    role is all; a super admin sees all.
    """
    listed = list(roles)
    lists = [*listed, own] if own else listed
    is_super_admin = any(item.is_super_admin for item in lists)
    denied = own.denied if own else frozenset()
    sources = _sources(lists, denied)
    return Access(
        granted=frozenset(sources),
        denied=denied,
        is_super_admin=is_super_admin,
        roles=frozenset(item.system_key for item in listed if item.system_key),
        organization_ids=None if is_super_admin else _organizations(listed, own),
        sources=tuple(sorted(sources.items())),
        role_ids=frozenset(item.role_id for item in listed if item.role_id is not None),
    )


def role_access(role: GrantList) -> Access:
    """What a role gives, taken by itself."""
    return merged([role], None)


def _organizations(roles: list[GrantList], own: GrantList | None) -> Organizations:
    if own is not None and own.organization_ids is not None:
        return own.organization_ids
    found: set[UUID] = set()
    for role in roles:
        if role.organization_ids is None:
            return None
        found |= role.organization_ids
    return frozenset(found)


def _sources(lists: list[GrantList], denied: frozenset[str]) -> dict[str, str]:
    """Each grant and where it comes from; what grants imply stands beside them."""
    found: dict[str, str] = {}
    for item in lists:
        for grant in sorted(item.features):
            found.setdefault(grant, item.source)
    for grant in sorted(found):
        for implied in sorted(_implied_by(grant, denied)):
            if not has_feature(found, implied):
                found[implied] = f"{found[grant]} ({grant})"
    return found


def _implied_by(grant: str, denied: frozenset[str]) -> frozenset[str]:
    """What comes with a grant; a wildcard brings what each feature below it brings, a denied feature nothing."""
    below = {item for item in FEATURES if match_feature(grant, item)} if grant.endswith("*") else {grant}
    covered = frozenset(item for item in below if not has_feature(denied, item))
    return with_implied(covered) - covered


def overlaps(one: str, other: str) -> bool:
    """Say whether two grants have any feature in common."""
    return match_feature(one, other) or match_feature(other, one)


def holds(access: Access, grant: str) -> bool:
    """Say whether the access covers the whole of a grant, wildcards included."""
    if grant.startswith(PORTAL):
        return False
    if access.is_super_admin:
        return True
    return has_feature(access.granted, grant) and not any(overlaps(deny, grant) for deny in access.denied)


def gain(before: Access, after: Access) -> Gain:
    """What `after` allows that `before` does not."""
    return Gain(
        features=_new_grants(before, after) | _lifted_denials(before, after),
        super_admin=after.is_super_admin and not before.is_super_admin,
        organizations=_reaches_further(before.organization_ids, after.organization_ids),
    )


def _new_grants(before: Access, after: Access) -> frozenset[str]:
    if before.is_super_admin:
        return frozenset()
    return frozenset(grant for grant in after.granted if not has_feature(before.granted, grant))


def _lifted_denials(before: Access, after: Access) -> frozenset[str]:
    lifted = [deny for deny in before.denied if not has_feature(after.denied, deny)]
    return frozenset(
        deny if match_feature(grant, deny) else grant
        for deny in lifted
        for grant in after.granted
        if overlaps(grant, deny)
    )


def _reaches_further(before: Organizations, after: Organizations) -> bool:
    if before is None:
        return False
    return after is None or not after <= before


def spelled_out(access: Access) -> frozenset[str]:
    """The access as plain grants for the matcher; a grant that a denial cuts into becomes what is left of it."""
    if access.is_super_admin:
        return frozenset({"*"})
    cut = {grant for grant in access.granted if any(overlaps(deny, grant) for deny in access.denied)}
    left = {item for item in FEATURES if has_feature(cut, item) and access.allows(item)}
    return access.granted - cut | left


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed log-ins in a row, how often they led to a lock, and until when the last lock holds."""

    failed: int = 0
    locks: int = 0
    locked_until: datetime | None = None


def is_locked(attempts: Attempts, now: datetime) -> bool:
    """Say whether nobody may log in now."""
    return attempts.locked_until is not None and attempts.locked_until > now


def attempted(attempts: Attempts, now: datetime) -> Attempts:
    """The counters with one more attempt, taken for failed until it succeeds; an ended lock starts afresh.

    The fifth locks for 15 minutes, the next fifth for twice as long, up to a day.
    """
    failed = 1 if attempts.locked_until is not None else attempts.failed + 1
    if failed < MOST_FAILURES:
        return Attempts(failed, attempts.locks)
    length = min(SHORTEST_LOCK * 2 ** min(attempts.locks, MOST_DOUBLINGS), LONGEST_LOCK)
    return Attempts(failed, attempts.locks + 1, now + length)
