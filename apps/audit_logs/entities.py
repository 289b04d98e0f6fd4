"""Changes and reads as kinds of record."""

from __future__ import annotations

from apps.audit_logs.models import ReadAccess
from apps.kernel.commands.models import Action
from apps.kernel.registry.entities import entity

entity(Action, icon="history", url="admin:kernel_action_change")
entity(ReadAccess, icon="visibility", url="admin:audit_logs_readaccess_change")
