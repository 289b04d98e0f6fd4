"""What can be imported: the contract of a target, and the register of those that modules declare themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from apps.kernel.imports.planning.fields import ImportField, Text
from apps.kernel.imports.planning.orders import Key, Line, Mode, Outcome
from apps.kernel.registry.store import Registry

Match = Callable[[Key, Sequence[tuple[Any, ...]]], Mapping[tuple[str, ...], tuple[UUID, ...]]]
Write = Callable[[Sequence[Line]], Sequence[Outcome]]
Alive = Callable[[int], None]


class ImportTarget(Protocol):
    """One kind of record as rows of a file become it. Asked inside the scope of whoever imports."""

    @property
    def entity(self) -> str:
        """Id of the kind."""
        ...

    @property
    def label(self) -> Text:
        """The kind of record in the plural."""
        ...

    def features(self, mode: Mode) -> tuple[str, ...]:
        """What an import of the mode needs, all of it."""
        ...

    def commands(self, mode: Mode) -> tuple[str, ...]:
        """Ids of the commands that do the work. An import can be undone if each of them can."""
        ...

    def modes(self) -> tuple[Mode, ...]:
        """What is possible at all."""
        ...

    def fields(self) -> tuple[ImportField, ...]:
        """Where columns may go."""
        ...

    def keys(self) -> tuple[Key, ...]:
        """What records may be found by, best first: names of fields."""
        ...

    def unique(self) -> tuple[Key, ...]:
        """Fields that no two records share: rows of one file that do are duplicates."""
        ...

    def usual(self) -> tuple[Key, ...]:
        """Keys that an import begins with where columns go to them, best first."""
        ...

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Mapping[tuple[str, ...], tuple[UUID, ...]]:
        """Records by the key's values (as `plain_text` writes them), one query whatever the number of values."""
        ...

    def write(self, lines: Sequence[Line], alive: Alive) -> Sequence[Outcome]:
        """Create or, with a `record_id`, change; one outcome for each line. Called inside a command.

        A line that is refused leaves nothing behind and does not stop the others. Who takes long says with
        `alive(done)` how many lines are done, and lets pass what that raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class DeclaredTarget:
    """A target of a module that writes by set."""

    entity: str
    label: Text
    declared: Sequence[ImportField]
    key_fields: tuple[Key, ...]
    writes: Write
    matches: Match
    feature: str
    command: str
    unique_keys: tuple[Key, ...] = ()

    def features(self, mode: Mode) -> tuple[str, ...]:
        """The declared one."""
        return (self.feature,)

    def commands(self, mode: Mode) -> tuple[str, ...]:
        """The bulk command."""
        return (self.command,)

    def modes(self) -> tuple[Mode, ...]:
        """All of them."""
        return tuple(Mode)

    def fields(self) -> tuple[ImportField, ...]:
        """The declared ones."""
        return tuple(self.declared)

    def keys(self) -> tuple[Key, ...]:
        """The declared ones."""
        return self.key_fields

    def unique(self) -> tuple[Key, ...]:
        """The declared ones."""
        return self.unique_keys

    def usual(self) -> tuple[Key, ...]:
        """What is unique."""
        return self.unique_keys

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Mapping[tuple[str, ...], tuple[UUID, ...]]:
        """What the module finds."""
        return self.matches(key, values)

    def write(self, lines: Sequence[Line], alive: Alive) -> Sequence[Outcome]:
        """What the module does."""
        return self.writes(lines)


TARGETS: Registry[ImportTarget] = Registry("import target")


def import_target(declared: ImportTarget) -> ImportTarget:
    """Declare how rows become records of a kind, in the module's `extensions.py`.

    Only for kinds that want more than what `kernel/imports/resources` derives from their REST resource: a bulk command
    in place of one command for each row, further fields, other ways to find a record.
    """
    return TARGETS.add(declared.entity, declared)
