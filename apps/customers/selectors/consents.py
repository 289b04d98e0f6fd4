"""Consents: the whole ledger of a person, and what holds now."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from apps.customers.models import Consent


def consents_of(person_id: UUID) -> list[Consent]:
    """Every row of the person's ledger, the newest first; one query."""
    return list(Consent.objects.filter(customer=person_id).order_by("-at", "-pk"))


def current_of(ledger: Iterable[Consent]) -> list[Consent]:
    """The newest row for each purpose and channel, of a ledger that is in order."""
    found: dict[tuple[UUID, str], Consent] = {}
    for row in ledger:
        found.setdefault((row.purpose_id, row.channel), row)
    return list(found.values())


def current_consents(person_ids: Iterable[UUID]) -> dict[UUID, list[Consent]]:
    """What holds now for each of the people; one query."""
    rows = Consent.objects.filter(customer__in=list(person_ids))
    newest = rows.order_by("customer", "purpose_id", "channel", "-at", "-pk").distinct(
        "customer", "purpose_id", "channel"
    )
    found: dict[UUID, list[Consent]] = {}
    for row in newest:
        found.setdefault(row.customer_id, []).append(row)
    return found
