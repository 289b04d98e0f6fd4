"""Puts mails into the outbox, inside the transaction that makes them necessary."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.kernel.ids import uuid7
from apps.kernel.registry.letters import MAILS, Letter, MailTemplate
from apps.kernel.work.queueing import enqueue
from apps.notifications.errors import TemplateMisused
from apps.notifications.models import Content, Mail
from apps.notifications.selectors import MAIL_WORK
from apps.notifications.services.rendering import rendered


class OutboxMailer:
    """The kernel's port `Mailer`: a row in the outbox and a row of work, which go if the transaction rolls back."""

    def queue(self, template: str, to: str, context: Mapping[str, Any], *, locale: str = "") -> None:
        """Queue a mail; `locale` "" is the tenant's language. It is rendered now and sent as it is now.

        Raises NotRegistered for a template that nobody declared, TemplateMisused for one with a token,
        InvalidDocument for a variable that is missing, AddressInvalid, SubjectInvalid, LinkRefused.
        """
        declared = _demand(template, secret=False)
        ready = rendered(declared, Letter(to, context, locale))
        mail = Mail(recipient=ready.to, subject=ready.subject, text=ready.text, html=ready.html, locale=ready.locale)
        _put(mail, declared)

    def queue_secret(self, template: str, subject_id: UUID) -> None:
        """Queue a mail with a token as what it is about and nothing else.

        Raises NotRegistered for a template that nobody declared, TemplateMisused for one without a maker.
        """
        _put(Mail(content=Content.NOT_KEPT, about_id=subject_id), _demand(template, secret=True))


def _demand(template_id: str, *, secret: bool) -> MailTemplate:
    declared = MAILS[template_id]
    if (declared.secret is not None) != secret:
        complaint = "has no maker of letters: use queue()" if secret else "carries a token: use queue_secret()"
        raise TemplateMisused(template=template_id, complaint=complaint)
    return declared


def _put(mail: Mail, template: MailTemplate) -> None:
    mail.id, mail.template = uuid7(), template.id
    mail.message_id = f"<{mail.id}@{sender_domain()}>"
    mail.save(force_insert=True)
    enqueue(MAIL_WORK, mail.id)


def sender_domain() -> str:
    """The domain that mails come from, which names them."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return domain or "localhost"
