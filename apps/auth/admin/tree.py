"""Everything that can be granted, as a tree of modules and areas, with what is held and what comes with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.auth.calculations import GrantList, role_access
from apps.kernel.access.grants import PORTAL, Access
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.features import Feature, every_feature, is_declared
from apps.kernel.registry.modules import modules

EVERYTHING = "*"
ABBREVIATION = 3  # letters
AREAS = (  # groups of permissions that are called after no kind of record
    gettext_noop("fetch"),
    gettext_noop("indexes"),
    gettext_noop("library"),
    gettext_noop("pricing"),
    gettext_noop("rates"),
    gettext_noop("subjects"),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One checkbox: a feature or a wildcard. `comes_with` names the held grant that brings it unchecked."""

    grant: str
    label: str
    is_held: bool
    comes_with: str = ""
    brings: tuple[str, ...] = ()

    @property
    def is_feature(self) -> bool:
        """Whether it is one declared feature, of which can be asked who has it."""
        return not self.grant.endswith("*") and is_declared(self.grant)


@dataclass(frozen=True, slots=True)
class Area:
    """Features below one wildcard; `whole` is None where the wildcard would be worth no more than its one feature."""

    title: str
    whole: Leaf | None
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One module: a wildcard over all of it, features of its own, and areas. `held` counts its checked boxes."""

    title: str
    whole: Leaf | None
    leaves: tuple[Leaf, ...]
    areas: tuple[Area, ...]
    held: int


def feature_tree(held: Iterable[str]) -> list[Branch]:
    """The tree for one list of grants: everything at once, each module, and what no installed module declares."""
    ticked = frozenset(held)
    access = role_access(GrantList(ticked))
    branches = [_top(ticked), *(_branch(name, items, ticked, access) for name, items in _by_module().items())]
    offered = {leaf.grant for branch in branches for leaf in _leaves(branch)}
    rest = sorted(ticked - offered)
    leaves = tuple(Leaf(grant, grant, is_held=True) for grant in rest)
    return [*branches, Branch(_("Other permissions"), None, leaves, (), len(leaves))] if rest else branches


def offered_grants(held: Iterable[str]) -> list[str]:
    """Every grant that the tree has a box for."""
    return [leaf.grant for branch in feature_tree(held) for leaf in _leaves(branch)]


def _top(ticked: frozenset[str]) -> Branch:
    whole = Leaf(EVERYTHING, _("Every permission of every module, also of later ones"), EVERYTHING in ticked)
    return Branch(_("Everything"), None, (whole,), (), int(whole.is_held))


def _by_module() -> dict[str, list[Feature]]:
    found: dict[str, list[Feature]] = defaultdict(list)
    for item in every_feature():
        if not item.id.startswith(PORTAL):
            found[item.module].append(item)
    return found


def _branch(module: str, features: list[Feature], ticked: frozenset[str], access: Access) -> Branch:
    by_area: dict[str, list[Feature]] = defaultdict(list)
    for item in features:
        by_area[item.id.rpartition(".")[0]].append(item)
    own = tuple(_leaf(item, ticked, access) for item in by_area.pop(module, []))
    areas = tuple(_area(name, items, ticked, access) for name, items in by_area.items())
    whole = _whole(f"{module}.*", ticked, access)
    branch = Branch(_module_title(module), whole, own, areas, 0)
    return Branch(branch.title, whole, own, areas, sum(leaf.is_held for leaf in _leaves(branch)))


def _area(name: str, features: list[Feature], ticked: frozenset[str], access: Access) -> Area:
    whole = _whole(f"{name}.*", ticked, access)
    needed = len(features) > 1 or whole.is_held
    return Area(_area_title(name), whole if needed else None, tuple(_leaf(item, ticked, access) for item in features))


def _area_title(name: str) -> str:
    """What its kind of record is called, or the name itself: `auth.api_keys` is "API keys"."""
    kind = ENTITIES.get(name.removesuffix("s"))
    words = str(kind.model._meta.verbose_name_plural) if kind else _(name.rpartition(".")[2].replace("_", " "))
    return capfirst(words) if len(words) > ABBREVIATION else words.upper()


def _whole(grant: str, ticked: frozenset[str], access: Access) -> Leaf:
    return Leaf(grant, _("All of it"), grant in ticked, _comes_with(grant[:-2], grant, ticked, access))


def _leaf(item: Feature, ticked: frozenset[str], access: Access) -> Leaf:
    comes_with = _comes_with(item.id, item.id, ticked, access)
    return Leaf(item.id, str(item.label), item.id in ticked, comes_with, item.implies)


def _comes_with(feature: str, grant: str, ticked: frozenset[str], access: Access) -> str:
    """The held grant that covers an unchecked box: a wildcard above it, or a feature that implies it."""
    decision = access.explain(feature)
    if grant in ticked or not decision.allowed or decision.grant is None:
        return ""
    return decision.grant if decision.grant != feature else decision.source.strip(" ()")


def _leaves(branch: Branch) -> list[Leaf]:
    below = [leaf for area in branch.areas for leaf in (area.whole, *area.leaves)]
    return [leaf for leaf in (branch.whole, *branch.leaves, *below) if leaf is not None]


def _module_title(module: str) -> str:
    labels = {config.manifest.id: str(config.manifest.label) for config in modules()}
    return labels.get(module, module)
