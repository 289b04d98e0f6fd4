"""Reminders of interactions: planned whenever something changes, said once to those who are concerned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.customers.calculations import expand
from apps.customers.models import Answer, Interaction, InteractionStatus, SentReminder, Visibility
from apps.customers.notifications import REMINDER
from apps.customers.selectors import AHEAD, Changes, changes_of, participants_of, series_of, tenant_zone
from apps.customers.services.topics import Subject, those_who_see
from apps.kernel import clock
from apps.kernel.ports import Notifier
from apps.kernel.registry.notices import RECIPIENTS, STAFF, staff
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue_many, withdraw

REMIND: Final = "customers.reminder"
# Where workers stood still: what began longer ago is not worth a word.
LATE: Final = timedelta(days=1)
BATCH: Final = 500


def plan_all() -> None:
    """Plan the reminders of everything that is to come in the organizations of the scope, some hundreds at a time."""
    rows = Interaction.objects.filter(reminder_minutes__isnull=False, status=InteractionStatus.PLANNED)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        plan_reminders(ids[start : start + BATCH])


def plan_reminders(ids: Iterable[UUID]) -> None:
    """Queue the next reminder of each interaction, and take out what is planned for those that need none."""
    wanted = list(ids)
    rows = [row for row in Interaction.objects.filter(pk__in=wanted) if _wants(row)]
    changes, said, zone, now = changes_of(rows), _said(rows), tenant_zone(), clock.now()
    due: dict[datetime, list[UUID]] = defaultdict(list)
    for row in rows:
        begins = _next(row, changes.get(row.pk, {}), said[row.pk], zone, after=now)
        if begins is not None:
            due[max(now, begins - _before(row))].append(row.pk)
    withdraw(REMIND, wanted)
    for moment in sorted(due):
        enqueue_many(REMIND, due[moment], moment)


def remind(interaction_id: UUID, lease: Lease) -> None:
    """Say what is due, remember that it was said, and queue the next reminder: all of it, or nothing.

    Who was killed in the midst has said nothing; who comes a second time finds that it was said.
    """
    with scoped_transaction():
        row = Interaction.objects.select_for_update(no_key=True, of=("self",)).filter(pk=interaction_id).first()
        if row is not None and _wants(row):
            _remind(row, since=_since(row, lease))
        lease.complete()


def _since(row: Interaction, lease: Lease) -> datetime:
    """From which beginning on there is something to be said: that for which the work was planned.

    Work that is tried again is due later, perhaps behind that beginning; nothing was planned before the last change.
    """
    due = lease.work.due_at
    return due if lease.work.attempts == 1 else min(due, row.updated_at)


def _remind(row: Interaction, *, since: datetime) -> None:
    now, zone = clock.now(), tenant_zone()
    changes, said = changes_of([row]).get(row.pk, {}), _said([row])[row.pk]
    begins = _next(row, changes, said, zone, after=max(since, now - LATE) - timedelta(microseconds=1))
    if begins is not None and begins - _before(row) <= now:
        said.add(begins)
        _say(row, begins, zone)
    following = _next(row, changes, said, zone, after=now)
    if following is not None:
        enqueue_many(REMIND, [row.pk], max(now, following - _before(row)))


def _say(row: Interaction, begins: datetime, zone: ZoneInfo) -> None:
    _sent, is_new = SentReminder.objects.get_or_create(
        interaction=row, starts_at=begins, defaults={"organization_id": row.organization_id}
    )
    if not is_new:
        return
    own = ZoneInfo(row.time_zone) if row.time_zone else zone
    with using_scope(in_organization(current_scope(), row.organization_id)):
        for place, readers in _by_zone(_seeing(row, _concerned(row)), own, is_all_day=row.is_all_day).items():
            form = "%Y-%m-%d" if row.is_all_day else "%Y-%m-%d %H:%M"
            facts = {"title": row.title, "begins": f"{begins.astimezone(place):{form}}", "place": row.location}
            service(Notifier).notify(REMINDER, readers, facts, about=(Interaction.entity_id, row.pk))


def _seeing(row: Interaction, user_ids: Iterable[UUID]) -> list[UUID]:
    """Those who see it today: what it is about may be restricted, and whoever is named may have lost a role."""
    return those_who_see(Subject(Interaction.entity_id, row.pk, row.title, row.organization_id), user_ids)


def _by_zone(user_ids: Sequence[UUID], own: ZoneInfo, *, is_all_day: bool) -> dict[ZoneInfo, list[UUID]]:
    """The users by the zone in which they read moments; what lasts all day is of its `own` days, whoever reads."""
    if is_all_day or not user_ids:
        return {own: list(user_ids)}
    people = RECIPIENTS[STAFF].people(staff(*user_ids), after=None, most=len(user_ids), organization_id=None)
    found: dict[ZoneInfo, list[UUID]] = defaultdict(list)
    for reader in people.found:
        found[ZoneInfo(reader.time_zone)].append(reader.id)
    return found


def _concerned(row: Interaction) -> list[UUID]:
    """Whoever is in charge and who takes part, else whoever wrote it; of what is private the author alone."""
    if row.visibility == Visibility.PRIVATE:
        return [row.author_id] if row.author_id else []
    taking_part = [item.user_id for item in participants_of([row.pk]).get(row.pk, []) if item.answer != Answer.DECLINED]
    found = [user for user in (row.owner_id, *taking_part) if user is not None]
    return list(dict.fromkeys(found)) or ([row.author_id] if row.author_id else [])


def _wants(row: Interaction) -> bool:
    is_open = row.status == InteractionStatus.PLANNED and not row.is_deleted
    return is_open and row.reminder_minutes is not None and row.scheduled_at is not None


def _before(row: Interaction) -> timedelta:
    return timedelta(minutes=row.reminder_minutes or 0)


def _said(rows: Iterable[Interaction]) -> dict[UUID, set[datetime]]:
    """For which beginnings reminders were sent, by interaction."""
    found: dict[UUID, set[datetime]] = defaultdict(set)
    ids = [row.pk for row in rows]
    for interaction_id, moment in SentReminder.objects.filter(interaction__in=ids).values_list(
        "interaction_id", "starts_at"
    ):
        found[interaction_id].add(moment)
    return found


def _next(
    row: Interaction, changes: Changes, said: set[datetime], zone: ZoneInfo, *, after: datetime
) -> datetime | None:
    """The first beginning after the moment that is still open and was not reminded of; None for none to come."""
    series = series_of(row, zone)
    found = expand(series, changes, since=after, until=max(after, series.first) + AHEAD)
    beginnings = (item.starts_at for item in found if item.status == InteractionStatus.PLANNED)
    return next((moment for moment in beginnings if moment > after and moment not in said), None)
