"""Fields that every tenant finds on its organizations, and may adapt or hide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, Rules, custom_field

ORGANIZATION = "directory.organization"

custom_field(
    ORGANIZATION,
    "tax_number",
    _("Tax number"),
    Kind.TEXT,
    rules=Rules(max_length=40),
    help=_("As it stands on invoices, with the letters of its country."),
    order=10,
    is_listed=True,
)
custom_field(ORGANIZATION, "phone", _("Phone"), Kind.PHONE, order=20)
custom_field(ORGANIZATION, "website", _("Website"), Kind.URL, order=30)
