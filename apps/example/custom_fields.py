"""Fields that every tenant finds on reminders, and may adapt or hide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, custom_field

custom_field(
    "example.reminder", "until", _("Until"), Kind.DATE, help=_("The day by which it should be done."), order=10
)
