"""Features, wildcards and what an actor holds: the one matcher of the house."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

PORTAL = "portal."


def match_feature(granted: str, wanted: str) -> bool:
    """Say whether one grant covers one feature: `x.*` covers `x` and everything below, `*` all.

    Staff grants never reach customer features (`portal.…`) by wildcard, nor the other way round.
    """
    if granted == wanted:
        return True
    if granted == "*":
        return not wanted.startswith(PORTAL)
    if not granted.endswith(".*"):
        return False
    stem = granted[:-2]
    return wanted == stem or wanted.startswith(f"{stem}.")


def has_feature(granted: Iterable[str], wanted: str) -> bool:
    """Say whether any of the grants covers the feature."""
    return any(match_feature(grant, wanted) for grant in granted)


def has_all_features(granted: Iterable[str], wanted: Iterable[str]) -> bool:
    """Say whether every wanted feature is covered; nothing wanted is always covered."""
    held = tuple(granted)
    return all(has_feature(held, feature) for feature in wanted)


@dataclass(frozen=True, slots=True)
class Access:
    """What one actor may do in one tenant.

    `granted` and `denied` hold features or wildcards; a denied one wins. `roles` holds role system keys, `role_ids`
    the ids of all roles: for what belongs to a role, never for what is allowed.
    `organization_ids` None means every organization of the tenant, an empty set means none.
    `role_ids` are the ids of a user's roles, for what is shared with roles. `sources` maps each grant to where it
    came from, for explanations.
    """

    granted: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    is_super_admin: bool = False
    roles: frozenset[str] = frozenset()
    organization_ids: frozenset[UUID] | None = frozenset()
    sources: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    role_ids: frozenset[UUID] = field(default=frozenset(), compare=False)

    def allows(self, feature: str) -> bool:
        """Say whether the actor holds the feature."""
        return self.explain(feature).allowed

    def explain(self, feature: str) -> Decision:
        """Decide on the feature and say which rule or grant decided; the same path as the check."""
        if self.is_super_admin and not feature.startswith(PORTAL):
            return Decision(True, "super_admin", None)
        denial = next((deny for deny in sorted(self.denied) if match_feature(deny, feature)), None)
        if denial is not None:
            return Decision(False, "denied", denial)
        grant = next((item for item in sorted(self.granted) if match_feature(item, feature)), None)
        if grant is None:
            return Decision(False, "not_granted", None)
        return Decision(True, "granted", grant, dict(self.sources).get(grant, ""))


@dataclass(frozen=True, slots=True)
class Decision:
    """One access decision: `rule` is `super_admin`, `denied`, `granted` or `not_granted`.

    `grant` is the grant or denial that decided (None when none did), `source` names where it came from.
    """

    allowed: bool
    rule: str
    grant: str | None
    source: str = ""


NOTHING = Access()
EVERYTHING = Access(granted=frozenset({"*", "portal.*"}), organization_ids=None)
