"""What is wrong with a module, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.management.overview.facts import Facts
from apps.kernel.registry.modules import ModuleConfig

# Files that a module has which keeps records for people.
CRUD_FILES = (
    *("apps", "features", "setup", "events", "models", "services", "entities", "search", "custom_fields", "api"),
)
# Who declares what stands in a file; without that module nobody reads it.
READERS = {"search": "search", "custom_fields": "entities"}
CRUD = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `hint` says what to do."""

    module: str
    text: str
    hint: str


def problems_of(configs: list[ModuleConfig], facts: list[Facts], *, root: Path) -> list[Problem]:
    """Everything that is wrong with the modules, module by module."""
    ids = {item.id for item in facts}
    found: list[Problem] = list(_circles({item.id: item.requires for item in facts}))
    for config, item in zip(configs, facts, strict=True):
        found += _requirements(item, ids)
        found += _files(config, item, ids)
        found += _features(item)
        found += _routes(item, root)
        found += _papers(item, root)
    return sorted(found, key=lambda problem: problem.module)


def _circles(requires: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Modules that require each other, each circle once, from its first name on."""
    for start in sorted(requires):
        path = _way_back(start, requires)
        if path and min(path) == start:
            yield Problem(
                start,
                f"requires itself: {' → '.join((*path, start))}",
                "move what both need into the lower module's contracts.py, or tell the other one by an event",
            )


def _way_back(start: str, requires: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    pending: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while pending:
        path = pending.pop(0)
        for needed in requires.get(path[-1], ()):
            if needed == start:
                return path
            if needed not in seen:
                seen.add(needed)
                pending.append((*path, needed))
    return ()


def _requirements(facts: Facts, ids: set[str]) -> Iterator[Problem]:
    for name in sorted(set(facts.requires) - ids):
        yield Problem(
            facts.id,
            f"requires {name}, which is not installed",
            f'add "apps.{name}" to INSTALLED_APPS, or take {facts.id} out',
        )


def is_crud(facts: Facts) -> bool:
    """Say whether the module keeps a kind of record that is created, changed and deleted by its own commands."""
    return any(all(f"{entity}.{verb}" in COMMANDS for verb in CRUD) for entity in facts.entities)


def _files(config: ModuleConfig, facts: Facts, ids: set[str]) -> Iterator[Problem]:
    folder, reasons = Path(config.path), config.manifest.leaves_out
    wanted = [name for name in CRUD_FILES if READERS.get(name, facts.id) in ids] if is_crud(facts) else []
    for name in wanted:
        if not _is_there(folder, name) and not reasons.get(name):
            shown = f"{name}/" if name == "api" else f"{name}.py"
            yield Problem(
                facts.id,
                f"keeps records and has no {shown}",
                "write it (docs/how-to/add-a-module.md), or say in `leaves_out` of its manifest why there is none",
            )
    for name in sorted(reasons):
        if _is_there(folder, name) or name not in CRUD_FILES:
            yield Problem(facts.id, f"leaves out {name}, and has it", "take the line out of its manifest")


def _is_there(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()


def _features(facts: Facts) -> Iterator[Problem]:
    if facts.entities and not facts.features:
        yield Problem(
            facts.id,
            f"keeps {', '.join(facts.entities)}, and nobody can be allowed to see them",
            "declare what may be done in features.py",
        )
    for name in facts.commands:
        feature = COMMANDS[name].feature
        if feature and feature.partition(".")[0] != facts.id:
            yield Problem(facts.id, f"the command {name} asks for {feature}", "declare a feature of the module's own")


def _resource(route: str) -> str:
    """The word that names the resource; "" where the module itself is the resource."""
    word = route.partition(" ")[2].split("/")[3]
    return "" if word.startswith("{") or word == "bulk" else word


def _routes(facts: Facts, root: Path) -> Iterator[Problem]:
    """Resources whose address no test calls; tests of the module may put it together from its last word."""
    own, all_tests = _texts(root / "tests" / facts.id), _texts(root / "tests")
    for word in sorted(set(map(_resource, facts.routes))):
        address = f"/api/{facts.id}/{word}"
        if address not in all_tests and (not word or f"{word}/" not in own):
            yield Problem(
                facts.id,
                f"no test calls {address}",
                f"write one in tests/{facts.id}/: the generated tests know nothing of the module's own rules",
            )


def _papers(facts: Facts, root: Path) -> Iterator[Problem]:
    if facts.entities and not (root / "docs" / "modules" / f"{facts.id}.md").is_file():
        yield Problem(facts.id, "has no page", f"write docs/modules/{facts.id}.md")
    if not (root / "tests" / facts.id).is_dir():
        yield Problem(facts.id, "has no tests of its own", f"write tests/{facts.id}/")


@cache
def _texts(folder: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.py")))
