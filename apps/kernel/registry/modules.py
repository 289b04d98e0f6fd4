"""Modules: their manifests, and the closed list of files that the kernel loads from each."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import ModuleType
from typing import Any, ClassVar

from django.apps import AppConfig, apps
from django.utils.functional import Promise

DECLARING_FILES = (
    "entities",
    "features",
    "events",
    "services",
    "subscribers",
    "tasks",
    "setup",
    "extensions",
    "search",
    "custom_fields",
    "notifications",
    "translations",
    "workflows",
    "integration",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a module says of itself: its documented id, a label, and the ids of modules that it needs.

    `leaves_out` names files that modules with records of their own have and this one has not, each with the reason.
    A `daily` module is what people work in, not what keeps the house: it stands above the others in the navigation.
    """

    id: str
    label: str | Promise
    requires: tuple[str, ...] = ()
    description: str | Promise = ""
    leaves_out: Mapping[str, str] = field(default_factory=dict)
    daily: bool = False


class ModuleConfig(AppConfig):
    """Base of every module's AppConfig."""

    manifest: ClassVar[Manifest]
    default_auto_field = "django.db.models.BigAutoField"
    default = False  # Django must not take the base for the AppConfig of a module that imports it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let Django find the module's own AppConfig."""
        super().__init_subclass__(**kwargs)
        cls.default = True


def modules() -> list[ModuleConfig]:
    """Installed modules, each after those that it requires. Raises ValueError for a circle."""
    configs = {item.manifest.id: item for item in apps.get_app_configs() if isinstance(item, ModuleConfig)}
    ordered: dict[str, ModuleConfig] = {}

    def place(module_id: str, path: tuple[str, ...]) -> None:
        if module_id in path:
            raise ValueError(f"modules require each other in a circle: {' → '.join((*path, module_id))}")
        if module_id in ordered or module_id not in configs:
            return
        for needed in configs[module_id].manifest.requires:
            place(needed, (*path, module_id))
        ordered[module_id] = configs[module_id]

    for module_id in configs:
        place(module_id, ())
    return list(ordered.values())


def missing_requirements(configs: Iterable[ModuleConfig]) -> Mapping[str, tuple[str, ...]]:
    """Module ids and what they require that is not installed."""
    listed = list(configs)
    present = {item.manifest.id for item in listed}
    gaps = {item.manifest.id: tuple(set(item.manifest.requires) - present) for item in listed}
    return {module_id: gap for module_id, gap in gaps.items() if gap}


def declared_file(config: AppConfig, name: str) -> ModuleType | None:
    """Import one declaring file of a module, None when it has none."""
    path = f"{config.name}.{name}"
    return importlib.import_module(path) if find_spec(path) else None


def load_declarations() -> None:
    """Import the closed list of files of every module; nothing else is found by magic."""
    for config in modules():
        for name in DECLARING_FILES:
            declared_file(config, name)
