"""Mails on their way out, and what became of them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedEmailField, EncryptedTextField
from apps.kernel.registry.letters import MAILS
from apps.kernel.tenancy.columns import OrganizationColumn
from apps.kernel.tenancy.managers import TenantManager
from apps.kernel.tenancy.scope import Scope, current_scope


class MailStatus(models.TextChoices):
    """Where a mail stands. `failed` is the dead letter: nobody tries it again until somebody asks for it."""

    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Content(models.TextChoices):
    """Whether the text of a mail is there."""

    KEPT = "kept", _("kept")
    NOT_KEPT = "not_kept", _("not kept: the mail carried a token")
    REMOVED = "removed", _("removed after the time that texts are kept")


WAITING = (MailStatus.QUEUED, MailStatus.SENDING)
KEPT = models.Q(content=Content.KEPT)
NO_TEXT = models.Q(subject__isnull=True, text__isnull=True, html__isnull=True)


class SendersOrganization(OrganizationColumn):
    """The organization that the sender worked in, if any. To migrations it is the kernel's column."""

    def owner(self) -> UUID:
        """The scope's writing organization; None is the tenant's own mail, which every organization sees."""
        return current_scope().organization_id  # type: ignore[return-value]

    def deconstruct(self) -> Any:
        """Give the kernel's column, whose values it shares."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "apps.kernel.tenancy.columns.OrganizationColumn", args, kwargs


class MailManager(TenantManager["Mail"]):
    """Mails of the tenant itself, and of the organizations that the scope sees."""

    def _seen(self, scope: Scope) -> models.Q:
        seen = models.Q(organization_id__isnull=True) | models.Q(organization_id__any=sorted(scope.organization_ids))
        return super()._seen(scope) & seen


class Mail(TenantModel):
    """One mail to one address.

    An ordinary mail holds what is sent, encrypted. A mail with a token holds neither text nor address, only what it
    is about (`about_id`): the letter is made anew for each try. `message_id` is the same for each try of an ordinary
    mail. `attempts` counts tries and never goes back; `last_error` names no address and no secret.
    """

    entity_id = "notifications.mail"
    audited = False
    unaudited_reason = (
        "The row is itself the record of what was sent, the worker moves it along, and an image of it would keep"
        " the text beyond the time that texts are kept. Retrying and cancelling are commands and stand in the history."
    )
    referenced = False

    organization_id = SendersOrganization(verbose_name=_("organization"), null=True)
    template = models.CharField(_("kind of mail"), max_length=100)
    about_id = models.UUIDField(_("about"), null=True)
    recipient = EncryptedEmailField(_("recipient"), blind_index=True, null=True)
    subject = EncryptedTextField(_("subject"), null=True)
    text = EncryptedTextField(_("text"), null=True)
    html = EncryptedTextField(_("page"), null=True)
    content = models.CharField(_("content"), max_length=10, choices=Content.choices, default=Content.KEPT)
    locale = models.CharField(_("language"), max_length=10, default="")
    message_id = models.CharField(_("message id"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=MailStatus.choices, default=MailStatus.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), default="", blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects: ClassVar[MailManager] = MailManager()

    class Meta:
        db_table = "mail"
        verbose_name = _("mail")
        verbose_name_plural = _("sent mails")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=KEPT | NO_TEXT, name="mail_content_as_said"),
            models.CheckConstraint(
                condition=~models.Q(content=Content.NOT_KEPT)
                | models.Q(about_id__isnull=False, recipient__isnull=True),
                name="mail_secret_keeps_nothing",
            ),
            models.CheckConstraint(condition=models.Q(content__in=Content.values), name="mail_content_known"),
            models.CheckConstraint(condition=models.Q(status__in=MailStatus.values), name="mail_status_known"),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=False) | ~models.Q(status=MailStatus.SENT), name="mail_sent_has_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="mail_created"),
            models.Index(fields=["tenant_id", "status", "created_at", "id"], name="mail_status"),
            models.Index(fields=["tenant_id", "recipient_index", "id"], name="mail_recipient"),
            models.Index(fields=["tenant_id", "updated_at"], name="mail_content", condition=KEPT),
        ]

    def __str__(self) -> str:
        """The kind of mail; address and subject are private."""
        return self.label

    @property
    def label(self) -> str:
        """The kind of mail in words, its id where no installed module declares it."""
        declared = MAILS.get(self.template)
        return str(declared.label) if declared else self.template

    @property
    def is_secret(self) -> bool:
        """Say whether it carries a token, so that nothing of it is kept."""
        return self.content == Content.NOT_KEPT
