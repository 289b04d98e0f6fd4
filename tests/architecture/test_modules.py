"""Every module works with what it requires and nothing else, and the house works without it."""

from __future__ import annotations

import pytest

from apps.kernel.registry.modules import DECLARING_FILES, Manifest, ModuleConfig, missing_requirements, modules
from tests.architecture import asking
from tests.architecture.boots import faults_of

# The user model of the whole installation stands here, so no house is without it.
ALWAYS = frozenset({"auth", "directory"})
REQUIRES = {config.manifest.id: set(config.manifest.requires) for config in modules()}


def with_requirements(module_id: str) -> set[str]:
    wanted, pending = set(ALWAYS), [module_id, *ALWAYS]
    while pending:
        current = pending.pop()
        wanted.add(current)
        pending += [item for item in REQUIRES[current] if item not in wanted]
    return wanted


def without(module_id: str) -> set[str]:
    left = {module_id}
    while more := {item for item, needs in REQUIRES.items() if needs & left and item not in left}:
        left |= more
    return set(REQUIRES) - left


@pytest.fixture(scope="module")
def faults() -> dict[str, str]:
    """What is wrong with each house that these tests ask about."""
    alone = {f"{module_id} alone": with_requirements(module_id) for module_id in REQUIRES}
    missing = {f"without {module_id}": without(module_id) for module_id in set(REQUIRES) - ALWAYS}
    examples = {"example alone": {*with_requirements("currencies"), "example"}, "with example": {*REQUIRES, "example"}}
    return faults_of({**alone, **missing, **examples, "impossible": {*ALWAYS, "nowhere"}})


@pytest.mark.processes
@pytest.mark.parametrize("module_id", sorted(REQUIRES))
def test_a_module_boots_with_what_it_requires(module_id: str, faults: dict[str, str]) -> None:
    assert faults[f"{module_id} alone"] == ""


@pytest.mark.processes
@pytest.mark.parametrize("module_id", sorted(set(REQUIRES) - ALWAYS))
def test_the_house_boots_without_a_module_and_what_requires_it(module_id: str, faults: dict[str, str]) -> None:
    assert module_id not in without(module_id)
    assert faults[f"without {module_id}"] == ""


@pytest.mark.processes
@pytest.mark.parametrize("name", ["example alone", "with example"])
def test_the_example_boots_with_currencies_alone_and_with_everything(name: str, faults: dict[str, str]) -> None:
    assert faults[name] == ""


@pytest.mark.processes
def test_a_house_that_cannot_boot_is_told_from_others(faults: dict[str, str]) -> None:
    assert "not installed: ['nowhere']" in faults["impossible"]


def test_what_is_left_of_a_module_is_found() -> None:
    with pytest.raises(AssertionError, match=r"currencies\.rates\.view"):
        asking.demand_nothing_left_of({"currencies"})
    with pytest.raises(AssertionError, match="addresses of absent modules"):
        asking.demand_nothing_left_of({"docs"})


def test_requirements_are_ordered_and_whole() -> None:
    order = [config.manifest.id for config in modules()]
    for module_id, needs in REQUIRES.items():
        assert all(order.index(needed) < order.index(module_id) for needed in needs)
    assert missing_requirements(modules()) == {}


def test_a_missing_requirement_is_named() -> None:
    class Lonely(ModuleConfig):
        """A module that needs what is not there."""

        name = "apps.currencies"
        label = "lonely"
        manifest = Manifest(id="lonely", label="Lonely", requires=("nowhere",))

    import apps.currencies

    assert missing_requirements([Lonely("apps.currencies", apps.currencies)]) == {"lonely": ("nowhere",)}


def test_the_list_of_declaring_files_is_closed() -> None:
    assert len(DECLARING_FILES) == len(set(DECLARING_FILES)) == 14
