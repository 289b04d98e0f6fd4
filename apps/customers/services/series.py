"""Single ones of a series: done, cancelled, moved to another time, and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.errors import InteractionNotOpen, NoSuchOccurrence
from apps.customers.features import MANAGE_INTERACTIONS
from apps.customers.models import Interaction, OccurrenceChange, OccurrenceState
from apps.customers.services.interaction_rules import has_occurrence, out_of_reach
from apps.customers.services.interactions import create_interaction, open_interaction
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope


def _some_occurrence(scope: Scope) -> dict[str, Any]:
    first = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    row = create_interaction(title="Weekly call", scheduled_at=first, recurrence="FREQ=WEEKLY")
    return {"interaction_id": row.pk, "original_at": first + timedelta(days=7)}


def _moved_occurrence(scope: Scope) -> dict[str, Any]:
    found = _some_occurrence(scope)
    return {**found, "starts_at": found["original_at"] + timedelta(hours=2)}


def _cancelled_occurrence(scope: Scope) -> dict[str, Any]:
    found = _some_occurrence(scope)
    cancel_occurrence(**found)
    return found


@command("customers.interaction.complete_occurrence", feature=MANAGE_INTERACTIONS, example=_some_occurrence)
def complete_occurrence(interaction_id: UUID, *, original_at: datetime) -> Interaction:
    """Say that one of the series is done. Raises RowNotFound, NoSuchOccurrence, InteractionNotOpen."""
    return _changed(interaction_id, original_at, OccurrenceState.DONE)


@command("customers.interaction.cancel_occurrence", feature=MANAGE_INTERACTIONS, example=_some_occurrence)
def cancel_occurrence(interaction_id: UUID, *, original_at: datetime) -> Interaction:
    """Say that one of the series does not take place. Raises RowNotFound, NoSuchOccurrence, InteractionNotOpen."""
    return _changed(interaction_id, original_at, OccurrenceState.CANCELLED)


@command("customers.interaction.move_occurrence", feature=MANAGE_INTERACTIONS, example=_moved_occurrence)
def move_occurrence(interaction_id: UUID, *, original_at: datetime, starts_at: datetime) -> Interaction:
    """Have one of the series take place at another time. Raises like the others, and InvalidInput for a moment that
    calendars do not reach."""
    if complaint := out_of_reach("starts_at", starts_at):
        raise InvalidInput(errors=(complaint,))
    return _changed(interaction_id, original_at, OccurrenceState.MOVED, starts_at=starts_at)


@command("customers.interaction.reopen_occurrence", feature=MANAGE_INTERACTIONS, example=_cancelled_occurrence)
def reopen_occurrence(interaction_id: UUID, *, original_at: datetime) -> Interaction:
    """Let one of the series go by the rule again. Raises RowNotFound, NoSuchOccurrence."""
    row = open_interaction(interaction_id)
    gone, _kinds = OccurrenceChange.objects.filter(interaction=row, original_at=original_at).delete()
    if not gone:
        raise _unknown()
    return _touched(row)


def _changed(
    interaction_id: UUID, original_at: datetime, state: str, *, starts_at: datetime | None = None
) -> Interaction:
    row = open_interaction(interaction_id)
    if not has_occurrence(row, original_at):
        raise _unknown()
    found = OccurrenceChange.objects.select_for_update(no_key=True).filter(interaction=row, original_at=original_at)
    change = found.first() or _by_the_rule(row, original_at)
    if change.state in {OccurrenceState.DONE, OccurrenceState.CANCELLED}:
        status = change.get_state_display()
        raise InteractionNotOpen(status=status, state=change.state, allowed=["reopen-occurrence"])
    change.state, change.starts_at = state, starts_at or change.starts_at
    change.save()
    return _touched(row)


def _by_the_rule(row: Interaction, original_at: datetime) -> OccurrenceChange:
    """One that nobody has touched yet; in the organization of its series, whichever is selected."""
    return OccurrenceChange(
        interaction=row, organization_id=row.organization_id, original_at=original_at, starts_at=original_at
    )


def _unknown() -> NoSuchOccurrence:
    return NoSuchOccurrence(
        errors=(FieldError("original_at", NoSuchOccurrence.code, _("The series has nothing at that time.")),)
    )


def _touched(row: Interaction) -> Interaction:
    row.series_changed_at = clock.now()
    row.save(update_fields=["series_changed_at", "version"])
    return row
