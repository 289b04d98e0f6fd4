"""What was said to whom, and what waits to be said."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel import clock
from apps.kernel.bases.models import TenantModel
from apps.kernel.registry.notices import LONGEST_LINK, NOTIFICATION_TYPES
from apps.notifications.calculations import LONGEST_BODY, LONGEST_TITLE

READ_STATE = pgettext_lazy("a notification was", "read")


class Status(models.TextChoices):
    """Where a notification stands with its reader."""

    UNREAD = "unread", _("unread")
    READ = "read", READ_STATE
    ACTIONED = "actioned", _("done")
    DISMISSED = "dismissed", _("put away")


class SeverityChoices(models.TextChoices):
    """How much it matters, for people."""

    INFO = "info", _("information")
    SUCCESS = "success", _("success")
    WARNING = "warning", _("warning")
    ERROR = "error", _("error")


UNREAD = models.Q(status=Status.UNREAD)
LIVE_GROUP = UNREAD & ~models.Q(group_key="")


class Notification(TenantModel):
    """One thing said to one person, in their language; `recipient_kind` says what kind of person.

    `actions` is what the reader may press (id, label, variant, confirm, href), `orders` maps ids of actions to
    command and input and is shown to nobody. Another one of the same type and group key while this is unread counts
    `count` up and moves `happened_at`. `source_organization_id` is where it happened. `is_silent` says that the
    reader wanted quiet; `in_app` that it stands in their list; `in_digest` that it waits for their next digest.
    """

    entity_id = "notifications.notification"
    audited = False
    unaudited_reason = (
        "It is said once and then belongs to its reader, who moves it along all day; what it led to has a history of"
        " its own. Pressing an action is a command and stands in the history."
    )
    referenced = False

    recipient_kind = models.CharField(max_length=20)
    recipient_id = models.UUIDField()
    type = models.CharField(_("kind"), max_length=100)
    severity = models.CharField(
        _("severity"), max_length=10, choices=SeverityChoices.choices, default=SeverityChoices.INFO
    )
    icon = models.CharField(max_length=60, default="notifications")
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    body = models.CharField(_("text"), max_length=LONGEST_BODY, default="", blank=True)
    locale = models.CharField(_("language"), max_length=10, default="")
    variables = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    link = models.CharField(_("link"), max_length=LONGEST_LINK, default="", blank=True)
    actions = models.JSONField(_("actions"), default=list)
    orders = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.UNREAD)
    action_taken = models.CharField(_("action taken"), max_length=60, default="", blank=True)
    action_result = models.JSONField(_("result"), default=dict)
    source_entity = models.CharField(_("kind of record"), max_length=100, default="", blank=True)
    source_id = models.UUIDField(_("record"), null=True)
    source_organization_id = models.UUIDField(_("organization"), null=True)
    group_key = models.CharField(max_length=200, default="", blank=True)
    count = models.PositiveIntegerField(_("how often"), default=1)
    happened_at = models.DateTimeField(_("when"), default=clock.now)
    read_at = models.DateTimeField(READ_STATE, null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    is_silent = models.BooleanField(_("silent"), default=False)
    in_app = models.BooleanField(default=True)
    in_digest = models.BooleanField(default=False)

    class Meta:
        db_table = "notification"
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "recipient_kind", "recipient_id", "type", "group_key"],
                condition=LIVE_GROUP,
                name="notification_group_once",
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="notification_status_known"),
            models.CheckConstraint(
                condition=models.Q(severity__in=SeverityChoices.values), name="notification_severity_known"
            ),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="notification_counted"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "recipient_id", "happened_at", "id"], name="notification_own"),
            # What every page of the back office counts.
            models.Index(fields=["tenant_id", "recipient_id"], name="notification_unread", condition=UNREAD),
            models.Index(
                fields=["tenant_id", "recipient_id", "id"],
                name="notification_digest",
                condition=models.Q(in_digest=True),
            ),
            models.Index(
                fields=["tenant_id", "expires_at"],
                name="notification_expires",
                condition=models.Q(expires_at__isnull=False),
            ),
            models.Index(fields=["tenant_id", "happened_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title

    @property
    def audit_label(self) -> str:
        """What the history calls it: the kind, because the texts are the reader's own."""
        return self.label

    @property
    def label(self) -> str:
        """The kind in words, its id where no installed module declares it."""
        declared = NOTIFICATION_TYPES.get(self.type)
        return str(declared.label) if declared else self.type


class Notice(TenantModel):
    """Something that waits to be said to an audience, and how far that has got.

    Workers go through the audience in the order of ids; `after` is the last one that was looked at. The row goes when
    everybody has been told.
    """

    audited = False
    unaudited_reason = "It lives until a worker has told everybody, and what was said stands in the notifications."
    referenced = False

    type = models.CharField(max_length=100)
    variables = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    recipient_kind = models.CharField(max_length=20)
    recipient_ids = ArrayField(models.UUIDField(), default=list)
    role = models.CharField(max_length=100, default="", blank=True)
    feature = models.CharField(max_length=200, default="", blank=True)
    link = models.CharField(max_length=LONGEST_LINK, default="", blank=True)
    source_entity = models.CharField(max_length=100, default="", blank=True)
    source_id = models.UUIDField(null=True)
    source_organization_id = models.UUIDField(null=True)
    after = models.UUIDField(null=True)

    class Meta:
        db_table = "notification_notice"
        base_manager_name = "objects"

    def __str__(self) -> str:
        """The kind."""
        return self.type

    def said(self) -> dict[str, Any]:
        """The columns that each of its notifications has as well."""
        return {
            "type": self.type,
            "variables": self.variables,
            "recipient_kind": self.recipient_kind,
            "source_entity": self.source_entity,
            "source_id": self.source_id,
            "source_organization_id": self.source_organization_id,
        }
