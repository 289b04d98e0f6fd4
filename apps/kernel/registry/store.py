"""One kind of register for the whole house: refuses a second entry, raises on an unknown one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class AlreadyRegistered(ValueError):
    """Two declarations share one name."""


class NotRegistered(LookupError):
    """Nobody declared this name."""


class Registry(Generic[T]):
    """Named entries of one kind, in the order in which they were declared."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.changes = 0  # grows with every declaration, so that what is reckoned from them knows when it is old
        self._entries: dict[str, T] = {}

    def add(self, name: str, entry: T) -> T:
        """Register an entry. Raises AlreadyRegistered for a name that is taken."""
        if name in self._entries:
            raise AlreadyRegistered(f"the {self.kind} {name!r} is declared twice")
        self._entries[name] = entry
        self.changes += 1
        return entry

    def __getitem__(self, name: str) -> T:
        """The entry of a name. Raises NotRegistered with the names that come near."""
        if name not in self._entries:
            near = [item for item in self._entries if item.partition(".")[0] == name.partition(".")[0]]
            raise NotRegistered(f"no {self.kind} is called {name!r}; near: {', '.join(near[:8]) or 'none'}")
        return self._entries[name]

    def get(self, name: str) -> T | None:
        """The entry of a name, or None."""
        return self._entries.get(name)

    def remove(self, name: str) -> None:
        """Take an entry out; for tests that declare their own."""
        del self._entries[name]
        self.changes += 1

    def __contains__(self, name: object) -> bool:
        """Say whether the name is taken."""
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._entries)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._entries)

    def items(self) -> tuple[tuple[str, T], ...]:
        """The names and their entries."""
        return tuple(self._entries.items())

    def values(self) -> tuple[T, ...]:
        """The entries."""
        return tuple(self._entries.values())
