"""Features that modules declare; an undeclared one can be neither checked nor granted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


@dataclass(frozen=True, slots=True)
class Namespace:
    """Features that tenants make: which there are, which of them to offer, and what each implies.

    `exists` and `listed` answer for the open scope; `implied` needs none, and reads nothing.
    """

    exists: Callable[[str], bool]
    listed: Callable[[], Iterable[Feature]] = tuple
    implied: Callable[[str], tuple[str, ...]] = lambda feature_id: ()


FEATURES: Registry[Feature] = Registry("feature")
_namespaces: dict[str, Namespace] = {}


def feature(feature_id: str, label: Text = "", *, implies: tuple[str, ...] = ()) -> str:
    """Declare a feature in the module's `features.py` and hand back its id."""
    if "." not in feature_id or "*" in feature_id:
        raise ValueError(f"{feature_id!r} is not `<module>.<action>` or `<module>.<things>.<action>`")
    FEATURES.add(feature_id, Feature(feature_id, label or feature_id, implies))
    return feature_id


def feature_namespace(prefix: str, namespace: Namespace) -> None:
    """Let a module answer itself which features below `prefix` (`entities.`) exist beside the declared ones."""
    _namespaces[prefix] = namespace


def is_declared(feature_id: str) -> bool:
    """Say whether somebody declared the feature, or the tenant of the open scope made it."""
    if feature_id in FEATURES:
        return True
    return any(feature_id.startswith(prefix) and item.exists(feature_id) for prefix, item in _namespaces.items())


def every_feature() -> list[Feature]:
    """Declared features and those that the tenant of the open scope has made, by id."""
    made = [item for namespace in _namespaces.values() for item in namespace.listed()]
    return sorted((*FEATURES.values(), *made), key=lambda item: item.id)


def demand_declared(feature_id: str) -> None:
    """Raise NotRegistered for a feature that nobody declared."""
    if not is_declared(feature_id):
        raise NotRegistered(f"nobody declared the feature {feature_id!r}")


def is_grantable(grant: str) -> bool:
    """Say whether a grant names something: a declared feature, `*`, or `prefix.*` above a declared one."""
    if grant == "*" or is_declared(grant):
        return True
    stem = grant[:-2]
    return grant.endswith(".*") and any(item.id == stem or item.id.startswith(f"{stem}.") for item in every_feature())


def _implied_by(feature_id: str) -> tuple[str, ...]:
    declared = FEATURES.get(feature_id)
    if declared is not None:
        return declared.implies
    found = (item.implied(feature_id) for prefix, item in _namespaces.items() if feature_id.startswith(prefix))
    return next((implied for implied in found if implied), ())


def with_implied(grants: frozenset[str]) -> frozenset[str]:
    """The grants and everything that the declared ones among them imply, to any depth."""
    result, pending = set(grants), list(grants)
    while pending:
        fresh = [item for item in _implied_by(pending.pop()) if item not in result]
        result.update(fresh)
        pending += fresh
    return frozenset(result)
