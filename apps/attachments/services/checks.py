"""System checks: a deployment keeps files where more than one machine finds them, and has them scanned."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, register


@register(Tags.security, deploy=True)
def check_scanner(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that nobody scans files for viruses."""
    if settings.ATTACHMENTS_SCANNER:
        return []
    hint = "Set AGORA_SCANNER_URL, for example to clamav://127.0.0.1:3310: docs/how-to/files.md."
    return [Info("Uploaded files are not scanned for viruses.", hint=hint, id="attachments.I001")]
