"""Fields that every tenant finds on its webhooks, and may adapt or hide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, custom_field

custom_field(
    "webhooks.webhook",
    "contact",
    _("Who looks after the receiver"),
    Kind.TEXT,
    help=_("Whom to call when it does not answer."),
    order=10,
)
