"""What has to hold of an interaction beside the rules of its columns, and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from apps.customers.calculations import (
    EARLIEST,
    LATEST,
    Rule,
    RuleRefused,
    first_start,
    is_reached,
    last_start,
    parse_rule,
    rule_text,
    starts,
)
from apps.customers.models import Customer, Interaction, InteractionStatus, OccurrenceChange, Visibility
from apps.customers.selectors import series_of, tenant_zone
from apps.customers.services.erased import erased_complaints
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.errors import FieldError
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

# Clocks differ; what is later than this has not happened yet.
TOLERATED: Final = timedelta(minutes=5)
INSTANT: Final = timedelta(microseconds=1)


def close_private(row: Interaction) -> None:
    """Close what is private, and open what is shared."""
    row.is_restricted = row.visibility == Visibility.PRIVATE


def complaints_of_plan(row: Interaction, *, changed: Collection[str]) -> Iterator[FieldError]:
    """What is wrong with its times, its customer and its privacy; the recurrence is brought into its own form."""
    row.recurs_until = None
    yield from _about_privacy(row, changed)
    yield from _about_customer(row, changed)
    yield from _about_done(row, changed)
    zone = _zone(row)
    if zone is None:
        yield FieldError("time_zone", "customers.interaction.time_zone", _("There is no such time zone."))
    elif row.scheduled_at is None:
        yield from _about_unplanned(row)
    elif complaint := out_of_reach("scheduled_at", row.scheduled_at):
        yield complaint
    else:
        yield from _about_series(row, zone)


def out_of_reach(field: str, moment: datetime) -> FieldError | None:
    """The complaint about a moment that calendars do not reach."""
    if moment.year < EARLIEST:
        return FieldError(field, "customers.interaction.too_early", _("This is too long ago."))
    if moment.year > LATEST:
        return FieldError(field, "customers.interaction.too_late", _("This is too far ahead."))
    return None


def _zone(row: Interaction) -> ZoneInfo | None:
    if not row.time_zone:
        return tenant_zone()
    return ZoneInfo(row.time_zone) if row.time_zone in available_timezones() else None


def _about_privacy(row: Interaction, changed: Collection[str]) -> Iterator[FieldError]:
    person = person_of(current_scope().actor)
    if row.visibility == Visibility.PRIVATE and "visibility" in changed and (not person or row.author_id != person):
        text = _("Only whoever wrote it can keep it to themselves.")
        yield FieldError("visibility", "customers.interaction.not_author", text)


def _about_customer(row: Interaction, changed: Collection[str]) -> Iterator[FieldError]:
    """A customer that is new to it has to be there, and not erased; one that was deleted since may stay."""
    if row.customer_id is None or "customer_id" not in changed:
        return
    if not hold(ENTITIES[Customer.entity_id], {row.customer_id}):
        yield no_such_record("customer_id")
    yield from erased_complaints([("customer_id", row.customer_id)])


def _about_done(row: Interaction, changed: Collection[str]) -> Iterator[FieldError]:
    if "occurred_at" not in changed or row.occurred_at is None:
        return
    if row.status != InteractionStatus.DONE:
        text = _("Only what is done has a time when it was done.")
        yield FieldError("occurred_at", "customers.interaction.not_done", text)
    elif row.occurred_at.year < EARLIEST:
        yield FieldError("occurred_at", "customers.interaction.too_early", _("This is too long ago."))
    elif row.occurred_at > clock.now() + TOLERATED:
        yield FieldError("occurred_at", "customers.interaction.not_yet", _("This has not happened yet."))


def _about_unplanned(row: Interaction) -> Iterator[FieldError]:
    text = _("Say when it is planned for.")
    if row.recurrence or row.reminder_minutes is not None or row.is_all_day:
        yield FieldError("scheduled_at", "customers.interaction.no_time", text)


def _about_series(row: Interaction, zone: ZoneInfo) -> Iterator[FieldError]:
    """Begin what lasts all day with the day, and check the rule and that it begins when the series does."""
    begins: datetime = row.scheduled_at  # type: ignore[assignment]
    if row.is_all_day:
        begins = row.scheduled_at = datetime.combine(begins.astimezone(zone).date(), time(), zone)
    if not row.recurrence:
        return
    begins = row.scheduled_at = begins.replace(microsecond=0)
    try:
        rule = parse_rule(row.recurrence)
    except RuleRefused as refused:
        yield FieldError("recurrence", "customers.interaction.recurrence", str(refused.text))
        return
    row.recurrence = rule_text(rule)
    yield from _about_start(row, rule, begins, zone)


def _about_start(row: Interaction, rule: Rule, begins: datetime, zone: ZoneInfo) -> Iterator[FieldError]:
    found = first_start(rule, begins, zone)
    if found is None:
        text = _("This never takes place.")
        yield FieldError("recurrence", "customers.interaction.recurrence", text)
    elif found != begins:
        text = _("The first one would be on {day}. Plan it for then, or change the recurrence.")
        day = f"{found.astimezone(zone):%Y-%m-%d}"
        yield FieldError("scheduled_at", "customers.interaction.recurrence_start", text.format(day=day))
    else:
        row.recurs_until = last_start(rule, begins, zone)


def keep_fitting(row: Interaction) -> None:
    """Forget what became of single ones that the series does not have any more, now that it was changed."""
    changes = OccurrenceChange.objects.filter(interaction=row)
    moments = sorted(changes.values_list("original_at", flat=True))
    if not moments:
        return
    kept = [item for item in moments if row.recurrence and has_occurrence(row, item)]
    changes.exclude(original_at__in=kept).delete()


def has_occurrence(row: Interaction, moment: datetime) -> bool:
    """Say whether the rule of the series has something at the moment."""
    if not row.recurrence or row.scheduled_at is None or not is_reached(moment):
        return False
    series = series_of(row, tenant_zone())
    rule = parse_rule(row.recurrence)
    return any(starts(rule, series.first, series.zone, since=moment, until=moment + INSTANT))
