"""AppConfig of the notifications module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import Mailer, Notifier
from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class NotificationsConfig(ModuleConfig):
    """What the house tells people: in the back office, by mail, and by channels of other modules."""

    name = "apps.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
    manifest = Manifest(
        id="notifications",
        label=_("Notifications"),
        requires=("directory",),
        description=_("What people are told, how they want to be told, and the mails that the house sends."),
    )

    def ready(self) -> None:
        """Answer for outgoing mail and for notifications; every module has declared its channels by now."""
        from apps.notifications.services import (  # noqa: PLC0415
            OutboxMailer,
            StoredNotifier,
            checks,  # noqa: F401 - registers the system checks
            judging,  # noqa: F401 - registers those of notifications
        )
        from apps.notifications.tasks import carry_by_all  # noqa: PLC0415

        provide(Mailer, OutboxMailer(), name="notifications.mailer")
        provide(Notifier, StoredNotifier(), name="notifications.notifier")
        carry_by_all()
