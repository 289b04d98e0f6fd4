"""Refusals of the attachments module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.api.refusals import MediaTypeRefused, TooLarge
from apps.kernel.errors import Conflict, InvalidInput


class FileTooLarge(TooLarge):
    """A file above the limit; `limit` is in bytes."""

    code = "attachments.file.too_large"
    message = _("The file is larger than {limit_mb} MB.")


class FormExpected(MediaTypeRefused):
    """An upload that is no form with a file in it."""

    message = _("Send the file as multipart/form-data.")


class FileRefused(InvalidInput):
    """A program, by its name or by its content: nobody needs one on a record, and somebody might open it."""

    code = "attachments.file.refused"
    message = _("Files that can be run are not kept here.")


class QuotaExceeded(Conflict):
    """The tenant's files would take more room than it has; sizes are in bytes."""

    code = "attachments.quota.exceeded"
    message = _("There is no room left for this file: {used_mb} MB of {limit_mb} MB are taken.")


class FileGone(Conflict):
    """The file was deleted so long ago that its content has been removed."""

    code = "attachments.file.gone"
    message = _("The content of {name} has been removed for good.")


class ScannerUnreachable(Exception):
    """The virus scanner does not answer, or not in its own words; the file waits."""
