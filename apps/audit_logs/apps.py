"""AppConfig of the audit_logs module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class AuditLogsConfig(ModuleConfig):
    """The module's manifest."""

    name = "apps.audit_logs"
    label = "audit_logs"
    manifest = Manifest(
        id="audit_logs",
        label=_("History"),
        description=_("Who changed what, and taking it back."),
    )
