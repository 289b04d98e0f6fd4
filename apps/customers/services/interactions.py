"""Interactions: planning, changing, finishing, hiding and bringing back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from apps.customers.errors import InteractionNotOpen, InteractionOpen
from apps.customers.features import MANAGE_INTERACTIONS
from apps.customers.models import (
    Customer,
    Deal,
    Interaction,
    InteractionStatus,
    InteractionType,
    OccurrenceChange,
    Participant,
    Priority,
    SentReminder,
    Visibility,
)
from apps.customers.services.interaction_rules import close_private, complaints_of_plan, keep_fitting
from apps.customers.services.participants import Given, Settled
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS: Final = (
    "type",
    "title",
    "body",
    "priority",
    "duration_minutes",
    "time_zone",
    "location",
    "recurrence",
    "reminder_minutes",
    "visibility",
    "external_id",
)
DERIVED: Final = ("scheduled_at", "recurrence", "recurs_until", "is_restricted")


def _new_interaction(scope: Scope) -> dict[str, Any]:
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    return {"type": "call", "title": "Talk about the offer", "scheduled_at": start, "duration_minutes": 30}


def _some_interaction(scope: Scope) -> dict[str, Any]:
    return {"interaction_id": create_interaction(**_new_interaction(scope)).pk}


def _changed_interaction(scope: Scope) -> dict[str, Any]:
    return {**_some_interaction(scope), "title": "Talk about the order", "reminder_minutes": 15}


def _moved_interaction(scope: Scope) -> dict[str, Any]:
    return {**_some_interaction(scope), "scheduled_at": clock.now() + timedelta(days=3)}


def _hidden_interaction(scope: Scope) -> dict[str, Any]:
    found = _some_interaction(scope)
    delete_interaction(**found)
    return found


def _done_interaction(scope: Scope) -> dict[str, Any]:
    found = _some_interaction(scope)
    complete_interaction(**found)
    return found


def _pinned_interaction(scope: Scope) -> dict[str, Any]:
    found = _some_interaction(scope)
    pin_interaction(**found)
    return found


@command("customers.interaction.create", feature=MANAGE_INTERACTIONS, example=_new_interaction)
def create_interaction(  # noqa: PLR0913 - one for each column
    *,
    title: str,
    type: str = InteractionType.TASK,
    body: str = "",
    customer_id: UUID | None = None,
    deal_id: UUID | None = None,
    priority: int = Priority.NORMAL,
    scheduled_at: datetime | None = None,
    duration_minutes: int | None = None,
    is_all_day: bool = False,
    time_zone: str = "",
    occurred_at: datetime | None = None,
    owner_id: UUID | None = None,
    location: str = "",
    recurrence: str = "",
    reminder_minutes: int | None = None,
    visibility: str = Visibility.SHARED,
    external_id: str = "",
    participants: Given = (),
) -> Interaction:
    """Plan something, or note what has happened: with `occurred_at`, or as a note without a plan, it is done.

    What is about a customer or a deal stands in its organization, whichever is selected. Raises InvalidInput with all
    complaints, Duplicate for an `external_id` that the customer has already.
    """
    given = dict(locals())
    settled_from = given.pop("participants")
    row = Interaction(**given, author_id=person_of(current_scope().actor))
    if occurred_at is not None or (type == InteractionType.NOTE and scheduled_at is None):
        row.status, row.occurred_at = InteractionStatus.DONE, occurred_at or clock.now()
    row.organization_id = _place_of(row) or current_scope().writing_organization()
    settled = _demand_sound(row, settled_from, changed=given)
    row.save(force_insert=True)
    settled.store()
    return row


def _place_of(row: Interaction) -> UUID | None:
    """The organization of what it is about; None where that is nothing, or is not there."""
    for model, pk in ((Customer, row.customer_id), (Deal, row.deal_id)):
        place: UUID | None = None
        if pk is not None:
            place = model._default_manager.filter(pk=pk).values_list("organization_id", flat=True).first()
        if place is not None:
            return place
    return None


@command("customers.interaction.update", feature=MANAGE_INTERACTIONS, example=_changed_interaction)
def update_interaction(  # noqa: PLR0913 - one for each column
    interaction_id: UUID,
    *,
    title: str | Unchanged = UNCHANGED,
    type: str | Unchanged = UNCHANGED,
    body: str | Unchanged = UNCHANGED,
    customer_id: UUID | Unchanged | None = UNCHANGED,
    deal_id: UUID | Unchanged | None = UNCHANGED,
    priority: int | Unchanged = UNCHANGED,
    scheduled_at: datetime | Unchanged | None = UNCHANGED,
    duration_minutes: int | Unchanged | None = UNCHANGED,
    is_all_day: bool | Unchanged = UNCHANGED,
    time_zone: str | Unchanged = UNCHANGED,
    occurred_at: datetime | Unchanged | None = UNCHANGED,
    owner_id: UUID | Unchanged | None = UNCHANGED,
    location: str | Unchanged = UNCHANGED,
    recurrence: str | Unchanged = UNCHANGED,
    reminder_minutes: int | Unchanged | None = UNCHANGED,
    visibility: str | Unchanged = UNCHANGED,
    external_id: str | Unchanged = UNCHANGED,
    participants: Given | None = None,
) -> Interaction:
    """Change what is given; participants are set as a whole. Raises RowNotFound, Duplicate, InvalidInput with all
    complaints.

    What became of single ones of a series stays, as far as the series still has them. What is about another customer or
    deal now comes into the organization of that one.
    """
    given = {name: value for name, value in locals().items() if name not in {"interaction_id", "participants"}}
    row = load_living(Interaction, interaction_id)
    former = {name: getattr(row, name) for name in given}
    set_given(row, **given)
    changed = [name for name, value in former.items() if getattr(row, name) != value]
    place = row.organization_id
    if {"customer_id", "deal_id"} & set(changed):
        row.organization_id = _place_of(row) or place
    settled = _demand_sound(row, participants, changed=changed)
    if row.organization_id != place:
        _bring_along(row)
    settled.store()
    if {"scheduled_at", "recurrence", "time_zone", "is_all_day"} & set(changed):
        keep_fitting(row)
    row.save(update_fields=[*changed, *DERIVED, "organization_id", "version"])
    return row


def _bring_along(row: Interaction) -> None:
    """Keep what belongs to it in its organization, which has become another one."""
    for model in (Participant, OccurrenceChange, SentReminder):
        model._default_manager.filter(interaction=row).update(organization_id=row.organization_id)


@command("customers.interaction.delete", feature=MANAGE_INTERACTIONS, example=_some_interaction)
def delete_interaction(interaction_id: UUID) -> Interaction:
    """Hide an interaction. Raises RowNotFound, InUse with counts."""
    row = load_living(Interaction, interaction_id)
    keep_pointers_out(row)
    hide(row)
    return row


@command("customers.interaction.restore", feature=MANAGE_INTERACTIONS, example=_hidden_interaction)
def restore_interaction(interaction_id: UUID) -> Interaction:
    """Bring a hidden interaction back. Raises RowNotFound, Duplicate where another one has its external id now."""
    row = load_for_update(Interaction, interaction_id)
    if not row.is_deleted:
        raise RowNotFound
    _demand_single(row)
    row.deleted_at = None
    row.save(update_fields=["deleted_at", "version"])
    return row


@command("customers.interaction.complete", feature=MANAGE_INTERACTIONS, example=_some_interaction)
def complete_interaction(interaction_id: UUID) -> Interaction:
    """Say that it is done, now; of a series the whole. Raises RowNotFound, InteractionNotOpen."""
    row = open_interaction(interaction_id)
    row.status, row.occurred_at = InteractionStatus.DONE, clock.now()
    row.save(update_fields=["status", "occurred_at", "version"])
    return row


@command("customers.interaction.cancel", feature=MANAGE_INTERACTIONS, example=_some_interaction)
def cancel_interaction(interaction_id: UUID) -> Interaction:
    """Say that it will not take place; of a series the whole. Raises RowNotFound, InteractionNotOpen."""
    row = open_interaction(interaction_id)
    row.status = InteractionStatus.CANCELLED
    row.save(update_fields=["status", "version"])
    return row


@command("customers.interaction.reopen", feature=MANAGE_INTERACTIONS, example=_done_interaction)
def reopen_interaction(interaction_id: UUID) -> Interaction:
    """Plan what was done or cancelled again. Raises RowNotFound, InteractionOpen."""
    row = load_living(Interaction, interaction_id)
    if row.status == InteractionStatus.PLANNED:
        raise InteractionOpen
    row.status, row.occurred_at = InteractionStatus.PLANNED, None
    row.save(update_fields=["status", "occurred_at", "version"])
    return row


@command("customers.interaction.reschedule", feature=MANAGE_INTERACTIONS, example=_moved_interaction)
def reschedule_interaction(
    interaction_id: UUID, *, scheduled_at: datetime, duration_minutes: int | Unchanged | None = UNCHANGED
) -> Interaction:
    """Plan it for another time; a series as a whole. Raises RowNotFound, InteractionNotOpen, InvalidInput."""
    row = open_interaction(interaction_id)
    changed = set_given(row, scheduled_at=scheduled_at, duration_minutes=duration_minutes)
    _demand_sound(row, None, changed=changed)
    keep_fitting(row)
    row.save(update_fields=[*changed, *DERIVED, "version"])
    return row


@command("customers.interaction.pin", feature=MANAGE_INTERACTIONS, example=_some_interaction)
def pin_interaction(interaction_id: UUID) -> Interaction:
    """Keep it in sight; once is as good as twice. Raises RowNotFound."""
    return _pinned(interaction_id, is_pinned=True)


@command("customers.interaction.unpin", feature=MANAGE_INTERACTIONS, example=_pinned_interaction)
def unpin_interaction(interaction_id: UUID) -> Interaction:
    """Let it go with the others. Raises RowNotFound."""
    return _pinned(interaction_id, is_pinned=False)


def _pinned(interaction_id: UUID, *, is_pinned: bool) -> Interaction:
    row = load_living(Interaction, interaction_id)
    if row.is_pinned != is_pinned:
        row.is_pinned = is_pinned
        row.save(update_fields=["is_pinned", "version"])
    return row


def open_interaction(interaction_id: UUID) -> Interaction:
    """The interaction, locked, which is still planned. Raises RowNotFound, InteractionNotOpen."""
    row = load_living(Interaction, interaction_id)
    if row.status != InteractionStatus.PLANNED:
        raise InteractionNotOpen(status=row.get_status_display(), state=row.status, allowed=["reopen"])
    return row


def _demand_sound(row: Interaction, participants: Given | None, *, changed: Iterable[str]) -> Settled:
    """Check the whole, and what is derived from it is set. Raises InvalidInput with all complaints, Duplicate."""
    row.title = " ".join(row.title.split())
    close_private(row)
    settled = Settled(row, participants)
    demand_valid(row, FIELDS, more=[*complaints_of_plan(row, changed=set(changed)), *settled.complaints])
    validate_references([row])
    _demand_single(row)
    return settled


def _demand_single(row: Interaction) -> None:
    if not row.external_id:
        return
    one = {"organization_id": row.organization_id, "customer_id": row.customer_id, "external_id": row.external_id}
    twins = Interaction.objects.filter(**one, deleted_at__isnull=True)
    if twins.exclude(pk=row.pk).exists():
        text = Duplicate(fields="external_id").detail
        raise Duplicate(errors=(FieldError("external_id", Duplicate.code, text),), fields="external_id")
