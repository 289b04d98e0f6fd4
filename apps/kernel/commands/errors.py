"""Refusals of the command room."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError, Unprocessable


class CommandInsideTransaction(PlatformError):
    """A command was called inside somebody else's transaction: a fault of the program."""

    status = 500
    code = "kernel.command.inside_transaction"
    message = "The command {command} must own its outermost transaction."


class NoRunningCommand(PlatformError):
    """Something that only a command may do was asked for outside one: a fault of the program."""

    status = 500
    code = "kernel.command.not_running"
    message = "This is possible only inside a command."


class Duplicate(Conflict):
    """A record with the same unique value exists already."""

    code = "kernel.duplicate"
    message = _("A record with the same {fields} exists already.")


class StillReferenced(Conflict):
    """Other records point here."""

    code = "kernel.still_referenced"
    message = _("Other records still point to this one.")


class RuleBroken(InvalidInput):
    """A database constraint refused the values."""

    code = "kernel.rule_broken"
    message = _("The values break the rule {constraint}.")


class Busy(Conflict):
    """Another change holds the record for too long."""

    code = "kernel.busy"
    message = _("Somebody else is changing this right now. Try again.")


class KeyInvalid(InvalidInput):
    """The idempotency key is empty, too long or not printable."""

    code = "kernel.idempotency.invalid"
    message: ClassVar[object] = _("An Idempotency-Key has 1 to 255 printable characters.")


class KeyInProgress(Conflict):
    """Another request with the same key runs right now."""

    code = "kernel.idempotency.in_progress"
    message: ClassVar[object] = _("A request with this Idempotency-Key is being worked on.")


class KeyReused(Unprocessable):
    """The key belongs to another request."""

    code = "kernel.idempotency.reused"
    message: ClassVar[object] = _("This Idempotency-Key was used for a different request.")


class AnswerWithheld(Conflict):
    """The request was done, and its answer was secret."""

    code = "kernel.idempotency.answer_withheld"
    message: ClassVar[object] = _("This request was done before. Its answer is shown only once.")


class AlreadyUndone(Conflict):
    """The action was taken back before."""

    code = "audit_logs.undo.already_undone"
    message = _("This change has been undone already.")


class NotUndoable(Conflict):
    """The action cannot be taken back, and why."""

    code = "audit_logs.undo.not_undoable"
    message = _("This change cannot be undone: {reason}")


class UndoConflict(Conflict):
    """Later changes or today's rules stand in the way; `actions` lists them, `rows` names the rows."""

    code = "audit_logs.undo.conflict"
    message = _("Later changes stand in the way of undoing this one.")


class SchemaChanged(Conflict):
    """A migration removed or retyped what the images hold."""

    code = "audit_logs.undo.schema_changed"
    message = _("The table {table} has changed its columns since ({columns}): this change cannot be undone.")
