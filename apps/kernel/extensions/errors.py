"""Refusals and faults of extensions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError


class ExtensionFailed(PlatformError):
    """An extension that must not be passed by broke or took too long; what it was stands in the log."""

    status = 500
    code = "kernel.extension.failed"
    message = _("The extension {extension} failed. It has been logged.")

    def __init__(self, *, extension: str) -> None:
        super().__init__(extension=extension)


class AnswerSpoiled(Exception):
    """An interceptor took away or changed a part of the answer that is not its own."""


class OutOfTime(Exception):
    """An extension took longer than it may."""
