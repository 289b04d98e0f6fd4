"""Fields that every organization finds on its currencies, and may adapt or hide."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, Rules, custom_field

custom_field(
    "currencies.currency",
    "cash_step",
    _("Smallest coin"),
    Kind.DECIMAL,
    rules=Rules(minimum=Decimal(0)),
    help=_("What amounts in cash are rounded to, such as 0.05 in Switzerland."),
    order=10,
)
