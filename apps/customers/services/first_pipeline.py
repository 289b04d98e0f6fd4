"""The pipeline that every organization begins with, in the language of its tenant."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.customers.models import Pipeline
from apps.customers.services.pipelines import create_pipeline
from apps.directory.contracts import TenantBook
from apps.kernel.services import service

STAGES: tuple[tuple[Promise, int, int, str, list[str]], ...] = (
    (_("Opportunity"), 10, 30, "lightbulb", []),
    (_("Qualified"), 25, 21, "fact_check", []),
    (_("Offer"), 50, 14, "request_quote", ["value_amount"]),
    (_("Negotiation"), 75, 14, "forum", ["value_amount", "expected_close_on"]),
    (_("Verbal agreement"), 90, 7, "handshake", ["value_amount", "expected_close_on"]),
)


def add_first_pipeline() -> Pipeline:
    """Add it to the organization that the scope writes to."""
    with override(service(TenantBook).profile().locale):
        stages = [
            {
                "label": str(label),
                "probability": probability,
                "stale_after_days": days,
                "icon": icon,
                "required_fields": demanded,
            }
            for label, probability, days, icon, demanded in STAGES
        ]
        return create_pipeline(name=str(_("Sales")), stages=stages)
