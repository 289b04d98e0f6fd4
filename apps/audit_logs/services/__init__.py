"""What is written in the history: undo, redo and the log of reads."""

from __future__ import annotations

from apps.audit_logs.services.reads import CollectedReads
from apps.audit_logs.services.undoing import redo_action, undo_action

__all__ = ["CollectedReads", "redo_action", "undo_action"]
