"""Every module works with what it requires and nothing else, and the house works without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.kernel.registry.modules import DECLARING_FILES, Manifest, ModuleConfig, missing_requirements, modules

ROOT = Path(__file__).resolve().parent.parent.parent
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


def check(module_ids: set[str]) -> str:
    environment = {
        **os.environ,
        "AGORA_ONLY": ",".join(sorted(module_ids)),
        "DJANGO_SETTINGS_MODULE": "tests.support.settings_of_some",
    }
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"):
        environment.pop(name, None)
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return "" if answer.returncode == 0 else answer.stderr[-2000:]


@pytest.mark.parametrize("module_id", sorted(REQUIRES))
def test_a_module_boots_with_what_it_requires(module_id: str) -> None:
    assert check(with_requirements(module_id)) == ""


@pytest.mark.parametrize("module_id", sorted(set(REQUIRES) - ALWAYS))
def test_the_house_boots_without_a_module(module_id: str) -> None:
    assert check(without(module_id)) == ""


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
