"""Custom fields that every tenant finds on people and companies, and may adapt or hide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, custom_field

custom_field("customers.person", "pronouns", _("Pronouns"), Kind.TEXT, order=10)
custom_field("customers.person", "newsletter", _("Wants the newsletter"), Kind.BOOLEAN, order=20)
custom_field("customers.company", "executive_notes", _("Notes for the management"), Kind.MULTILINE, order=10)
