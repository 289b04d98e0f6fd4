"""What roles get by default."""

from __future__ import annotations

from apps.audit_logs.features import UNDO_SELF, UNDO_TENANT, VIEW_SELF, VIEW_TENANT

default_role_features: dict[str, list[str]] = {
    "superadmin": ["audit_logs.*"],
    "admin": [VIEW_TENANT, UNDO_TENANT],
    "employee": [VIEW_SELF, UNDO_SELF],
}
