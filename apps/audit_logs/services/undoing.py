"""Undo and redo of one action that the caller sees."""

from __future__ import annotations

from typing import Any

from apps.audit_logs.errors import NotUndone
from apps.kernel.commands.history.states import demand_undoable, undoers_of
from apps.kernel.commands.idempotency import claim
from apps.kernel.commands.invocation import current_invocation, invoked
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.transactions import scoped_transaction


def undo_action(action: Action, *, cascade: bool = False) -> Action:
    """Take the action back, and return it; `newest_undo_of` has the new one.

    Raises FeatureRequired, AlreadyUndone, NotUndoable, UndoConflict with the actions in the way, SchemaChanged, and
    whatever today's rules refuse.
    """
    demand_undoable(action)
    with invoked(expected_version=None):  # an action has no versions
        return undo(action.pk, cascade=cascade)


def redo_action(action: Action, *, cascade: bool = False) -> Action:
    """Take back the undo of the action, and return that undo. Raises NotUndone, and what `undo_action` raises."""
    undoer = undoers_of([action.pk]).get(action.pk)
    if undoer is None:
        _answer_again()
        raise NotUndone
    demand_undoable(action)
    return undo_action(undoer, cascade=cascade)


def _answer_again() -> None:
    """Raise the answer that this idempotency key got before, if it did: then the redo is why nothing is undone."""
    key: Any = current_invocation().idempotency
    if key is not None:
        with scoped_transaction():
            claim(key)
