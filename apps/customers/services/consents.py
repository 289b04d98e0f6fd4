"""Consents: writing down what people agree to, and what they withdraw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.customers.calculations import EARLIEST
from apps.customers.errors import ConsentInFuture
from apps.customers.features import MANAGE_PEOPLE
from apps.customers.models import Consent, ConsentChannel, ConsentState, Person
from apps.customers.services.erased import demand_not_erased
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import FieldError
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import current_scope

FIELDS = ("channel", "state", "source", "evidence")
FINAL: Any = _("a ledger of consents only grows; write down what the person says now.")


@command(
    "customers.person.give_consent", feature=MANAGE_PEOPLE, undoable=False, undo_reason=FINAL, secret=("evidence",)
)
def give_consent(
    person_id: UUID,
    *,
    purpose_id: UUID,
    channel: str = ConsentChannel.ANY,
    at: datetime | None = None,
    source: str = "",
    evidence: str = "",
) -> Consent:
    """Write down that a person agrees, at a time (aware; None: now). Raises RowNotFound, InvalidInput, PersonErased."""
    row = Consent(purpose_id=purpose_id, channel=channel, source=source, evidence=evidence)
    return _written(person_id, row, ConsentState.GIVEN, at)


@command(
    "customers.person.withdraw_consent", feature=MANAGE_PEOPLE, undoable=False, undo_reason=FINAL, secret=("evidence",)
)
def withdraw_consent(
    person_id: UUID,
    *,
    purpose_id: UUID,
    channel: str = ConsentChannel.ANY,
    at: datetime | None = None,
    source: str = "",
    evidence: str = "",
) -> Consent:
    """Write down that a person agrees no longer; somebody who never agreed may object in advance. Raises as above."""
    row = Consent(purpose_id=purpose_id, channel=channel, source=source, evidence=evidence)
    return _written(person_id, row, ConsentState.WITHDRAWN, at)


def _written(person_id: UUID, row: Consent, state: ConsentState, at: datetime | None) -> Consent:
    person = load_living(Person, person_id)
    demand_not_erased(person)
    actor, now = current_scope().actor, clock.now()
    row.customer_id, row.organization_id = person.pk, person.organization_id
    row.state, row.at = state, at or now
    row.recorded_by, row.recorded_by_label = actor.id, actor.label
    demand_valid(row, FIELDS, more=complaints_of_time(row.at, now=now))
    validate_references([row])
    row.save(force_insert=True)
    return row


def complaints_of_time(at: datetime, *, now: datetime) -> Iterator[FieldError]:
    """What is wrong with the moment at which somebody is said to have agreed, or not."""
    if at > now:
        yield FieldError("at", ConsentInFuture.code, str(ConsentInFuture.message))
    elif at.year < EARLIEST:
        yield FieldError("at", "customers.consent.too_early", str(_("This is too long ago.")))
