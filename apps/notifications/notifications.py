"""The ways to people that the house serves itself, the mails that carry notifications, and plain messages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.letters import mail_template
from apps.kernel.registry.notices import DIGEST, EMAIL, IN_APP, channel, notification_type

channel(IN_APP, None, label=_("In the back office"))
channel(EMAIL, None, label=_("E-mail"))
channel(DIGEST, None, label=_("Digest by e-mail"))

NOTIFICATION_MAIL = mail_template(
    "notifications.notification",
    label=_("Notification"),
    subject="{{ title }}",
    body=_("{{ title }}\n\n{{ body }}\n\nWhat you are told by e-mail is up to you: Notifications, Choices."),
    button=_("Have a look"),
    link="address",
).id

DIGEST_MAIL = mail_template(
    "notifications.digest",
    label=_("Digest of notifications"),
    subject=_("Unread notifications: {{ count }}"),
    body=_(
        "Hello {{ name }},\n\nthis has happened and you have not read it yet:\n\n"
        "{% for item in items %}{{ item }}\n\n{% endfor %}"
        "{% if more %}And {{ more }} more.\n\n{% endif %}"
        "When this digest comes is up to you: Notifications, Choices."
    ),
    button=_("Show all of them"),
    link="address",
).id

MESSAGE = notification_type(
    "notifications.message",
    label=_("Message"),
    title="{{ title }}",
    body="{{ body }}",
    icon="chat",
    by_hand=True,
).id
