"""Extension points: registers whose entries an operator can replace or switch off, in one order everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

from apps.kernel.registry.store import Registry
from apps.kernel.tenancy.scope import scope_or_none


class Extension(Protocol):
    """What every entry of an extension point has: an id `<module>.<name>`, a place, and whom it is for."""

    @property
    def id(self) -> str:
        """The stable id."""
        ...

    @property
    def priority(self) -> int:
        """Its place among the others of its kind."""
        ...

    @property
    def features(self) -> tuple[str, ...]:
        """Features that the actor has to hold, all of them; none: it is for everybody."""
        ...


ExtensionT = TypeVar("ExtensionT", bound=Extension)


class BadOverride(TypeError):
    """An override gave something that cannot stand in the place of what it replaces."""


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What an override made of an entry; made again when the entry or the path is another one."""

    declared: Any
    path: str
    entry: Any


class ExtensionPoint(Registry[ExtensionT]):
    """Entries of one kind. Higher priority first, or lower first where the kind says so; ties by id.

    EXTENSIONS_DISABLED lists ids that are off. EXTENSION_OVERRIDES maps an id to the dotted path of a function
    that is given the declared entry and returns the one to use: `dataclasses.replace(declared, …)`. An entry that
    is `essential` is neither.
    """

    def __init__(self, kind: str, *, lower_first: bool = False) -> None:
        super().__init__(kind)
        self.lower_first = lower_first
        self.made: list[Callable[[], Iterable[ExtensionT]]] = []  # of entries that other declarations imply
        self._replaced: dict[str, _Replaced] = {}
        POINTS.add(kind, self)

    def add(self, name: str, entry: ExtensionT) -> ExtensionT:
        """Register an entry. Raises ValueError for no id `<module>.<name>`, AlreadyRegistered for a taken one."""
        if not all(name.partition(".")) or "*" in name:
            raise ValueError(f"{name!r} is not `<module>.<name>`")
        return super().add(name, entry)

    def everything(self) -> list[ExtensionT]:
        """All entries in their order, also those that are off: declared ones and those that others imply."""
        return sorted([*self.values(), *(entry for make in self.made for entry in make())], key=self.place)

    def in_force(self, entries: Iterable[ExtensionT] | None = None) -> list[ExtensionT]:
        """The entries (by default all that are declared) as the settings leave them, in their order."""
        found = self.values() if entries is None else entries
        kept = [self._in_place(entry) for entry in found if not self.is_off(entry)]
        return sorted(kept, key=self.place)

    def open(self, entries: Iterable[ExtensionT] | None = None) -> list[ExtensionT]:
        """Those in force that are for the open scope's actor."""
        return [entry for entry in self.in_force(entries) if is_open(entry)]

    @staticmethod
    def is_off(entry: ExtensionT) -> bool:
        """Say whether the settings switch the entry off."""
        return entry.id in settings.EXTENSIONS_DISABLED and not is_essential(entry)

    @staticmethod
    def override_of(entry: ExtensionT) -> str:
        """Dotted path of what replaces the entry; "" for nothing."""
        return "" if is_essential(entry) else str(settings.EXTENSION_OVERRIDES.get(entry.id, ""))

    def place(self, entry: ExtensionT) -> tuple[int, str]:
        """The key by which entries are sorted."""
        return (entry.priority if self.lower_first else -entry.priority, entry.id)

    def _in_place(self, entry: ExtensionT) -> ExtensionT:
        path = self.override_of(entry)
        if not path:
            return entry
        known = self._replaced.get(entry.id)
        if known is None or known.path != path or known.declared != entry:
            known = self._replaced[entry.id] = _Replaced(entry, path, replacement(entry, path))
        kept: ExtensionT = known.entry
        return kept


POINTS: Registry[ExtensionPoint[Any]] = Registry("extension point")


def replacement(entry: ExtensionT, path: str) -> ExtensionT:
    """What the function at the path makes of the entry. Raises ImportError, BadOverride."""
    made = import_string(path)(entry)
    if type(made) is not type(entry) or made.id != entry.id:
        raise BadOverride(f"{path} has to return a {type(entry).__name__} with the id {entry.id!r}")
    kept: ExtensionT = made
    return kept


def is_essential(entry: Extension) -> bool:
    """Say whether the house does not work without the entry, so that no setting reaches it."""
    return bool(getattr(entry, "essential", False))


def is_open(entry: Extension) -> bool:
    """Say whether the entry is for the open scope's actor; without a scope only what needs no feature."""
    if not entry.features:
        return True
    scope = scope_or_none()
    return scope is not None and all(scope.actor.access.allows(feature) for feature in entry.features)
