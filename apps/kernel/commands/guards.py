"""Command guards: rules that other modules add in front of a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from apps.kernel.commands.declarations import CommandSpec
from apps.kernel.registry.points import ExtensionPoint


@dataclass(frozen=True, slots=True)
class GuardCall:
    """What a guard sees: the command, its keyword arguments, and whether undo calls."""

    spec: CommandSpec
    arguments: Mapping[str, Any]
    is_undo: bool = False


Guard = Callable[[GuardCall], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class GuardEntry:
    """A registered guard; lower `priority` runs first, ties by id. No setting reaches an `essential` one."""

    id: str
    pattern: str
    priority: int
    guard: Guard
    features: tuple[str, ...] = ()
    essential: bool = False


GUARDS: ExtensionPoint[GuardEntry] = ExtensionPoint("command guard", lower_first=True)


def command_guard(
    guard_id: str,
    *,
    pattern: str,
    priority: int = 100,
    features: tuple[str, ...] = (),
    essential: bool = False,
) -> Callable[[Guard], Guard]:
    """Register a guard for all commands whose id matches `pattern` (`*` matches anything).

    A guard refuses by raising a PlatformError, changes input by returning the changed arguments, and
    returns None to let the call pass as it is. With `features` it stands in the way of those only who hold them
    all: whoever lacks one passes, so a rule that protects something names none.
    """

    def register(guard: Guard) -> Guard:
        GUARDS.add(guard_id, GuardEntry(guard_id, pattern, priority, guard, features, essential))
        return guard

    return register


def run_guards(spec: CommandSpec, arguments: dict[str, Any], *, is_undo: bool = False) -> dict[str, Any]:
    """Let every matching guard look at the call; the arguments as they left them."""
    for entry in GUARDS.open():
        if fnmatchcase(spec.id, entry.pattern):
            changes = entry.guard(GuardCall(spec, arguments, is_undo))
            arguments = {**arguments, **(changes or {})}
    return arguments
