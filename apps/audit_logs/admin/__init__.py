"""Back office pages of the history."""

from __future__ import annotations

from apps.audit_logs.admin.actions import ActionAdmin
from apps.audit_logs.admin.reads import ReadAccessAdmin

__all__ = ["ActionAdmin", "ReadAccessAdmin"]
