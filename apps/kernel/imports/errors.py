"""Refusals of the import room: files that cannot be read, orders that make no sense, runs that are past it."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput


class FileRefused(InvalidInput):
    """The file is no table that can be read; the context says why."""

    code = "kernel.import.file_refused"
    message: ClassVar[object] = _("This file cannot be read: {reason}")


class FileTooLarge(InvalidInput):
    """The file is larger than an import takes; `most` is what it may have."""

    status = 413
    code = "kernel.import.too_large"
    message: ClassVar[object] = _("This file is too large for one import: {what}, at most {most}.")


class OrderInvalid(InvalidInput):
    """Columns, key or mode do not fit together; `errors` names each."""

    code = "kernel.import.order_invalid"
    message: ClassVar[object] = _("The import cannot be done like this.")


class RunEnded(Conflict):
    """The import has run, or runs right now: it cannot be changed or started any more."""

    code = "kernel.import.ended"
    message: ClassVar[object] = _("This import cannot be changed any more: it is at {state}.")


class AllRefused(Conflict):
    """Some rows of an import of all or nothing have errors."""

    code = "kernel.import.all_refused"
    message: ClassVar[object] = _("Nothing was imported, because some rows have errors.")
