"""What the directory adds in front of commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.directory.services.loading import lock_tree
from apps.kernel.commands.guards import GuardCall, command_guard


@command_guard("directory.tree_lock", pattern="directory.organization.*")
def lock_for_undo(call: GuardCall) -> Mapping[str, Any] | None:
    """Have undo take the tree's lock before its row locks, as the commands do: else both wait for each other."""
    if call.is_undo:
        lock_tree()
    return None
