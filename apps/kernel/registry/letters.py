"""Mails that modules send: each declared once, with its text, in the module's `notifications.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Letter:
    """What a secret mail is made of: the address, the template's variables, and the reader's language."""

    to: str
    context: Mapping[str, Any]
    locale: str = ""


SecretMaker = Callable[[UUID], Letter | None]


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """One kind of mail.

    `subject` and `body` are translatable Jinja texts; blank lines part paragraphs. `link` names the variable with
    the address behind the button and `button` is its label; both empty for a mail without one. `secret` makes the
    letter of a mail that carries a token, in the sender's transaction; None there means that there is nothing to send.
    """

    id: str
    label: Text
    subject: Text
    body: Text
    button: Text = ""
    link: str = ""
    secret: SecretMaker | None = None


MAILS: Registry[MailTemplate] = Registry("mail template")


def mail_template(
    template_id: str,
    *,
    label: Text,
    subject: Text,
    body: Text,
    button: Text = "",
    link: str = "",
    secret: SecretMaker | None = None,
) -> MailTemplate:
    """Declare a mail (`auth.password_reset`). Raises AlreadyRegistered for an id that is taken."""
    return MAILS.add(template_id, MailTemplate(template_id, label, subject, body, button, link, secret))
