"""Custom fields that every tenant finds on people, companies and deals, and may adapt or hide."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.entities.contracts import Kind, Option, Rules, custom_field

custom_field("customers.person", "pronouns", _("Pronouns"), Kind.TEXT, order=10)
custom_field("customers.person", "newsletter", _("Wants the newsletter"), Kind.BOOLEAN, order=20)
custom_field("customers.company", "executive_notes", _("Notes for the management"), Kind.MULTILINE, order=10)
RISKS = (Option("low", _("Low")), Option("medium", _("Medium")), Option("high", _("High")))
custom_field("customers.deal", "competitive_risk", _("Risk from competitors"), Kind.SELECT, order=10, options=RISKS)
custom_field(
    "customers.deal",
    "implementation_complexity",
    _("Complexity of the implementation"),
    Kind.SELECT,
    order=20,
    options=(Option("simple", _("Simple")), Option("usual", _("Usual")), Option("complex", _("Complex"))),
)
custom_field(
    "customers.deal", "estimated_seats", _("Estimated seats"), Kind.INTEGER, order=30, rules=Rules(minimum=Decimal(0))
)
custom_field("customers.deal", "requires_legal_review", _("Needs a legal review"), Kind.BOOLEAN, order=40)
