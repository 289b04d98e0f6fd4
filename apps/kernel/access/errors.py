"""Refusals about single records."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError


class RecordReadOnly(PlatformError):
    """The record is restricted, and the actor was granted no more than to see it."""

    status = 403
    code = "kernel.record.read_only"
    message: ClassVar[object] = _("You may see this record, but not change it.")
