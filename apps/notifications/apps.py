"""AppConfig of the notifications module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import Mailer
from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class NotificationsConfig(ModuleConfig):
    """What the house tells people: today the outbox of mails."""

    name = "apps.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
    manifest = Manifest(
        id="notifications",
        label=_("Notifications"),
        requires=("directory",),
        description=_("Mails that the house sends, and what became of them."),
    )

    def ready(self) -> None:
        """Answer for outgoing mail."""
        from apps.notifications.services import (  # noqa: PLC0415
            OutboxMailer,
            checks,  # noqa: F401 - registers the system checks
        )

        provide(Mailer, OutboxMailer(), name="notifications.mailer")
