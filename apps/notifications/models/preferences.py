"""What people want to be told, and how."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.models import TenantModel
from apps.notifications.calculations import ALL_TYPES


class DigestEvery(models.TextChoices):
    """How often a digest comes."""

    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("once a week")


class NotificationPreference(TenantModel):
    """Whether somebody wants a kind of notification by a channel; the type "" stands for all that have no row."""

    entity_id = "notifications.preference"

    recipient_kind = models.CharField(max_length=20)
    recipient_id = models.UUIDField()
    type = models.CharField(_("kind"), max_length=100, default=ALL_TYPES, blank=True)
    channel = models.CharField(_("channel"), max_length=60)
    is_wanted = models.BooleanField(_("wanted"), default=True)

    class Meta:
        db_table = "notification_preference"
        verbose_name = _("choice about notifications")
        verbose_name_plural = _("choices about notifications")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "recipient_kind", "recipient_id", "type", "channel"],
                name="notification_preference_once",
            )
        ]

    def __str__(self) -> str:
        """Kind and channel."""
        return f"{self.type or '*'} · {self.channel}"


class NotificationSettings(TenantModel):
    """When somebody wants to be left in peace, and when their digest comes; times are of `time_zone`.

    `time_zone` "" is the user's own. Quiet hours may go past midnight; without both ends there are none. Muted:
    nothing is sent and nothing pops up until `muted_until`, None is until it is switched off. `digest_weekday` counts
    from Monday, 0.
    """

    entity_id = "notifications.settings"

    recipient_kind = models.CharField(max_length=20)
    recipient_id = models.UUIDField()
    time_zone = models.CharField(_("time zone"), max_length=60, default="", blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    is_muted = models.BooleanField(_("muted"), default=False)
    muted_until = models.DateTimeField(_("muted until"), null=True, blank=True)
    digest_every = models.CharField(_("digest"), max_length=10, choices=DigestEvery.choices, default=DigestEvery.DAILY)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=8)
    digest_weekday = models.PositiveSmallIntegerField(_("day of the digest"), default=0)

    class Meta:
        db_table = "notification_settings"
        verbose_name = _("settings of notifications")
        verbose_name_plural = _("settings of notifications")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "recipient_kind", "recipient_id"], name="notification_settings_once"
            ),
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="notification_settings_hour"),
            models.CheckConstraint(condition=models.Q(digest_weekday__lte=6), name="notification_settings_day"),
            models.CheckConstraint(
                condition=models.Q(digest_every__in=DigestEvery.values), name="notification_settings_every"
            ),
        ]

    def __str__(self) -> str:
        """How often a digest comes."""
        return str(self.get_digest_every_display())
