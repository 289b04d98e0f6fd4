"""What each installed module consists of, and which other modules it knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLResolver, get_resolver

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.subscribing import SUBSCRIBERS
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.features import FEATURES
from apps.kernel.registry.modules import ModuleConfig

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
CONTRACTS = "contracts"


@dataclass(frozen=True, slots=True)
class Facts:
    """One module. `routes` are operations (`GET /api/…`), `contracts` and `hears` ids of other modules."""

    id: str
    label: str
    migration: str
    requires: tuple[str, ...]
    contracts: tuple[str, ...]
    hears: tuple[str, ...]
    entities: tuple[str, ...]
    routes: tuple[str, ...]
    features: tuple[str, ...]
    events: tuple[str, ...]
    commands: tuple[str, ...]


def facts_of(configs: Iterable[ModuleConfig]) -> list[Facts]:
    """Facts of the modules, in their order."""
    listed = list(configs)
    ids = {config.name.rpartition(".")[2]: config.manifest.id for config in listed}
    routes = list(operations())
    return [_facts(config, ids, routes) for config in listed]


def _facts(config: ModuleConfig, ids: dict[str, str], routes: list[str]) -> Facts:
    module, folder = config.manifest.id, Path(config.path)
    return Facts(
        id=module,
        label=str(config.manifest.label),
        migration=last_migration(folder),
        requires=config.manifest.requires,
        contracts=tuple(sorted({ids[name] for name in contract_imports(folder) if name in ids} - {module})),
        hears=tuple(sorted(_heard(config) - {module})),
        entities=_own(ENTITIES, module),
        routes=tuple(route for route in routes if f" /api/{module}/" in route),
        features=_own(FEATURES, module),
        events=_own(EVENTS, module),
        commands=_own(COMMANDS, module),
    )


def _own(names: Iterable[str], module: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name.startswith(f"{module}.")))


def operations() -> Iterator[str]:
    """Every operation of the REST interface: `GET /api/currencies/currencies/{pk}/`."""
    for path, view in _views(get_resolver()):
        kind = getattr(view, "cls", None)
        shown = PLACE.sub(r"{\1}", path)
        bound = getattr(view, "actions", None) or {name for name in METHODS if hasattr(kind, name)}
        for method in sorted(METHODS & set(bound)):
            yield f"{method.upper()} /{shown}"


def _views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _views(entry, path)
        elif path.startswith("api/"):
            yield path, entry.callback


def last_migration(folder: Path) -> str:
    """Name of a module's last migration, "" where it has no tables."""
    return max((path.stem for path in (folder / "migrations").glob("[0-9]*.py")), default="")


def contract_imports(folder: Path) -> set[str]:
    """Folders under apps/ whose `contracts.py` the files of a module import."""
    texts = (path.read_text() for path in folder.rglob("*.py"))
    # Parsing takes its time, and in most files the word does not stand.
    return {name for text in texts if CONTRACTS in text for name in _imported(ast.parse(text))}


def _imported(tree: ast.Module) -> Iterator[str]:
    pending: list[ast.AST] = [tree]
    for node in pending:
        # Imports are statements, so expressions need no look.
        pending += (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr))
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if len(parts) >= 3 and parts[0] == "apps" and parts[2] == CONTRACTS:
                yield parts[1]


def _heard(config: ModuleConfig) -> set[str]:
    """First words of the patterns that the module's subscribers listen to; `*` hears all."""
    mine = [item for item in SUBSCRIBERS.values() if item.handler.__module__.startswith(f"{config.name}.")]
    return {item.pattern.partition(".")[0] for item in mine}


def idle_modules(folder: Path, installed: Collection[str]) -> list[str]:
    """Folders under apps/ that hold a module which is not installed."""
    found = sorted(path.parent.name for path in folder.glob("*/apps.py"))
    return [name for name in found if f"apps.{name}" not in installed]
