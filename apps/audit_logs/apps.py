"""AppConfig of the audit_logs module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import ReadLog
from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class AuditLogsConfig(ModuleConfig):
    """The module's manifest."""

    name = "apps.audit_logs"
    label = "audit_logs"
    manifest = Manifest(
        id="audit_logs",
        label=_("History"),
        description=_("Who changed what, and taking it back."),
    )

    def ready(self) -> None:
        """Offer the log of reads to the kernel."""
        from apps.audit_logs.services import CollectedReads  # noqa: PLC0415 - needs the models of all apps

        provide(ReadLog, CollectedReads(), name="audit_logs.reads")
