"""Features that modules declare; an undeclared one can be neither checked nor granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from apps.kernel.registry.store import NotRegistered, Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing an actor may be allowed to do: `currencies.rates.manage`. `implies` names what comes with it."""

    id: str
    label: Text = ""
    implies: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """Id of the module that declares it."""
        return self.id.partition(".")[0]


FEATURES: Registry[Feature] = Registry("feature")
_namespaces: dict[str, Callable[[str], bool]] = {}


def feature(feature_id: str, label: Text = "", *, implies: tuple[str, ...] = ()) -> str:
    """Declare a feature in the module's `features.py` and hand back its id."""
    if "." not in feature_id or "*" in feature_id:
        raise ValueError(f"{feature_id!r} is not `<module>.<action>` or `<module>.<things>.<action>`")
    FEATURES.add(feature_id, Feature(feature_id, label or feature_id, implies))
    return feature_id


def feature_namespace(prefix: str, exists: Callable[[str], bool]) -> None:
    """Let a module answer itself which features below `prefix` exist (`entities.`)."""
    _namespaces[prefix] = exists


def is_declared(feature_id: str) -> bool:
    """Say whether somebody declared the feature."""
    if feature_id in FEATURES:
        return True
    return any(feature_id.startswith(prefix) and exists(feature_id) for prefix, exists in _namespaces.items())


def demand_declared(feature_id: str) -> None:
    """Raise NotRegistered for a feature that nobody declared."""
    if not is_declared(feature_id):
        raise NotRegistered(f"nobody declared the feature {feature_id!r}")


def is_grantable(grant: str) -> bool:
    """Say whether a grant names something: a declared feature, `*`, or `prefix.*` above a declared one."""
    if grant == "*" or is_declared(grant):
        return True
    stem = grant[:-2]
    return grant.endswith(".*") and any(item == stem or item.startswith(f"{stem}.") for item in FEATURES)


def with_implied(grants: frozenset[str]) -> frozenset[str]:
    """The grants and everything that the declared ones among them imply, to any depth."""
    result, pending = set(grants), list(grants)
    while pending:
        declared = FEATURES.get(pending.pop())
        fresh = [item for item in (declared.implies if declared else ()) if item not in result]
        result.update(fresh)
        pending += fresh
    return frozenset(result)
