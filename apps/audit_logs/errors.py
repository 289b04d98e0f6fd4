"""Refusals of the history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, Unavailable


class NotUndone(Conflict):
    """Only what was undone can be redone."""

    code = "audit_logs.redo.not_undone"
    message = _("This change has not been undone, so there is nothing to redo.")


class ReadsNotKept(Unavailable):
    """A read of sensitive records could not be written down, so its answer is withheld."""

    code = "audit_logs.reads.not_kept"
    message = _("This cannot be shown right now: the read could not be recorded. Try again later.")


class ReasonInvalid(InvalidInput):
    """A reason that is empty, too long, or not in printable ASCII."""

    code = "audit_logs.reason.invalid"
    message = _("Give a reason of 1 to 200 printable ASCII characters; write others as percent-encoded UTF-8.")
