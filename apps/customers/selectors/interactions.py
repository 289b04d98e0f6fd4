"""What is read of interactions beside single ones and lists: agendas, what comes next, what is in the way, tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from apps.customers.calculations import (
    MOST_OF_SERIES,
    Change,
    Occurrence,
    Series,
    Stretch,
    expand,
    is_reached,
    overlaps,
    stretch_of,
)
from apps.customers.models import Answer, Customer, Interaction, InteractionStatus, OccurrenceChange, Participant
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

MOST_OCCURRENCES: Final = 1000
MOST_SERIES: Final = 300
MOST_CONFLICTS: Final = 10
MOST_TASKS: Final = 200
MOST_LATE: Final = 100  # of those that are overdue: however many lie behind, they keep nobody from what comes
LONGEST: Final = timedelta(days=15)  # of one interaction: LONGEST_MINUTES of the model, and clocks that are put back
AHEAD: Final = timedelta(days=366 * 50)  # how far the next one of a series is looked for
BEHIND: Final = timedelta(days=31)  # how long one of a series that nobody has done is shown as overdue
A_DAY: Final = timedelta(days=1)
HALF_AN_HOUR: Final = timedelta(minutes=30)

Rows = QuerySet[Interaction]
Changes = Mapping[datetime, Change]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an agenda: what takes place, and the interaction that it is of."""

    occurrence: Occurrence
    interaction: Interaction


@dataclass(frozen=True, slots=True)
class Agenda:
    """What takes place, by time; `is_cut` where there was more than is looked at at once."""

    entries: list[Entry]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `occurrence` is the nearest open one of a series, or the only one; None without a day."""

    interaction: Interaction
    occurrence: Occurrence | None
    stretch: Stretch

    @property
    def due(self) -> datetime | None:
        """When it is planned for."""
        return self.occurrence.starts_at if self.occurrence is not None else None


@dataclass(frozen=True, slots=True)
class TaskList:
    """What is to be done, nearest first; `is_cut` where there is more than is looked at at once."""

    tasks: list[Task]
    is_cut: bool = False


def living_interactions() -> Rows:
    """Interactions that are there and that the actor may see."""
    rows: Rows = ENTITIES[Interaction.entity_id].living()
    return rows


def of_person(user_id: UUID) -> Rows:
    """Those of them that the user is in charge of or takes part in, unless they declined."""
    taking_part = Participant.objects.filter(user_id=user_id).exclude(answer=Answer.DECLINED)
    return living_interactions().filter(Q(owner_id=user_id) | Q(pk__in=taking_part.values("interaction_id")))


def tenant_zone() -> ZoneInfo:
    """The zone in which days are meant where nobody names another."""
    return ZoneInfo(service(TenantBook).profile().time_zone)


def participants_of(ids: Iterable[UUID]) -> dict[UUID, list[Participant]]:
    """Who takes part, by interaction; one query."""
    found: dict[UUID, list[Participant]] = defaultdict(list)
    for row in Participant.objects.filter(interaction__in=list(ids)).order_by("pk"):
        found[row.interaction_id].append(row)
    return dict(found)


def seen_participants(rows: QuerySet[Participant]) -> QuerySet[Participant]:
    """Those of the rows that are colleagues, or customers whom the actor sees."""
    seen = ENTITIES[Customer.entity_id].living().filter(pk=OuterRef("customer_id"))
    return rows.filter(Q(customer__isnull=True) | Exists(seen))


def changes_of(rows: Iterable[Interaction]) -> dict[UUID, dict[datetime, Change]]:
    """What became of single ones of the series, by interaction and by the moment of the rule; one query."""
    ids = [row.pk for row in rows if row.is_series]
    found: dict[UUID, dict[datetime, Change]] = defaultdict(dict)
    for item in OccurrenceChange.objects.filter(interaction__in=ids) if ids else ():
        found[item.interaction_id][item.original_at] = Change(item.starts_at, item.state)
    return dict(found)


def series_of(row: Interaction, zone: ZoneInfo) -> Series:
    """The interaction for the calculations; `zone` is the tenant's. It has a moment that it begins at."""
    begins = row.scheduled_at or row.occurred_at
    if begins is None:
        raise ValueError("it has no moment")
    own = ZoneInfo(row.time_zone) if row.time_zone else zone
    return Series(row.pk, begins, row.length, row.is_all_day, row.status, row.recurrence, own)


def agenda(since: datetime, until: datetime, rows: Rows | None = None, *, most: int = MOST_OCCURRENCES) -> Agenda:
    """What takes place from `since` to before `until`, of the rows (None: all that the actor sees); five queries.

    What has no plan stands at the moment when it was done. At most a hundred of each series.
    """
    chosen = living_interactions() if rows is None else rows
    single = [
        *_planned(chosen, since, until).order_by("scheduled_at", "pk")[: most + 1],
        *_done(chosen, since, until).order_by("occurred_at", "pk")[: most + 1],
    ]
    series = list(_series(chosen, since, until).order_by("pk")[: MOST_SERIES + 1])
    changes, zone = changes_of(series), tenant_zone()
    found, is_cut = list[Entry](), len(series) > MOST_SERIES
    for row in (*single, *series[:MOST_SERIES]):
        own = expand(series_of(row, zone), changes.get(row.pk, {}), since=since, until=until, most=MOST_OF_SERIES + 1)
        is_cut = is_cut or len(own) > MOST_OF_SERIES
        found += [Entry(item, row) for item in own[:MOST_OF_SERIES]]
    found.sort(key=lambda entry: (entry.occurrence.starts_at, entry.interaction.pk))
    return Agenda(found[:most], is_cut or len(found) > most)


def _planned(rows: Rows, since: datetime, until: datetime) -> Rows:
    """What is planned once and touches the time: one stretch of the index, however long things last."""
    lasts = ExpressionWrapper(F("duration_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())
    ends = ExpressionWrapper(F("scheduled_at") + lasts, output_field=DateTimeField())
    near = rows.filter(recurrence="", scheduled_at__gte=since - LONGEST, scheduled_at__lt=until)
    # Days may be longer than 24 hours; `expand` looks closely.
    a_day = Q(is_all_day=True) & (Q(scheduled_at__gt=since - 2 * A_DAY) | Q(ends__gt=since - A_DAY))
    return near.annotate(ends=ends).filter(Q(scheduled_at__gte=since) | Q(ends__gt=since) | a_day)


def _done(rows: Rows, since: datetime, until: datetime) -> Rows:
    """What was done without having been planned."""
    return rows.filter(scheduled_at__isnull=True, occurred_at__gte=since, occurred_at__lt=until)


def _series(rows: Rows, since: datetime, until: datetime) -> Rows:
    moved = OccurrenceChange.objects.filter(starts_at__gte=since - LONGEST, starts_at__lt=until)
    by_rule = Q(scheduled_at__lt=until) & _goes_on(since)
    return rows.exclude(recurrence="").filter(by_rule | Q(pk__in=moved.values("interaction_id")))


def _goes_on(since: datetime) -> Q:
    """Of series: the rule has something that may touch the time from `since` on."""
    return Q(recurs_until__isnull=True) | Q(recurs_until__gte=since - LONGEST)


def _lasting_series(rows: Rows, since: datetime) -> Rows:
    """Series that have something from `since` on, by their rule or because it was moved there."""
    moved = OccurrenceChange.objects.filter(starts_at__gte=since - LONGEST)
    return rows.exclude(recurrence="").filter(_goes_on(since) | Q(pk__in=moved.values("interaction_id")))


def occurrence_at(row: Interaction, original_at: datetime) -> Occurrence | None:
    """The one of the series that its rule has at the moment; None where it has none."""
    if not is_reached(original_at):
        return None
    changes, series = changes_of([row]).get(row.pk, {}), series_of(row, tenant_zone())
    change = changes.get(original_at)
    known = {original_at: change} if change is not None else {}
    start = change.starts_at if change is not None else original_at
    found = expand(series, known, since=start, until=start + timedelta(microseconds=1))
    return next((item for item in found if item.original_at == original_at), None)


def next_interactions(customer_ids: Iterable[UUID], rows: Rows | None = None) -> dict[UUID, Entry]:
    """What is open and planned next with each customer, by their ids; a late one comes before a coming one.

    Of those at the same time the one that matters most. Four queries, whatever the number of customers.
    """
    chosen = (living_interactions() if rows is None else rows).filter(
        customer__in=list(customer_ids), status=InteractionStatus.PLANNED, scheduled_at__isnull=False
    )
    single = chosen.filter(recurrence="").order_by("customer", "scheduled_at", "-priority", "pk").distinct("customer")
    now = clock.now()
    series = list(_lasting_series(chosen, now).order_by("pk")[:MOST_OCCURRENCES])
    changes, zone = changes_of(series), tenant_zone()
    found: dict[UUID, Entry] = {}
    for row in (*single, *series):
        nearest = nearest_open(row, changes.get(row.pk, {}), zone, since=now)
        if nearest is None or row.customer_id is None:
            continue
        known = found.get(row.customer_id)
        if known is None or _order(Entry(nearest, row)) < _order(known):
            found[row.customer_id] = Entry(nearest, row)
    return found


def _order(entry: Entry) -> tuple[datetime, int, UUID]:
    return entry.occurrence.starts_at, -entry.interaction.priority, entry.interaction.pk


def nearest_open(row: Interaction, changes: Changes, zone: ZoneInfo, *, since: datetime) -> Occurrence | None:
    """The first one from `since` on that is still to be done; what is no series counts whenever it is."""
    if row.scheduled_at is None:
        return None
    start = since if row.is_series else row.scheduled_at
    found = expand(series_of(row, zone), changes, since=start, until=max(start, row.scheduled_at) + AHEAD)
    return next((item for item in found if item.status == InteractionStatus.PLANNED), None)


def conflicts_of(
    owner_id: UUID, start: datetime, *, length: timedelta = HALF_AN_HOUR, without: UUID | None = None
) -> list[Entry]:
    """What the owner has planned, as far as the actor sees it, that is in the way of something from `start` on.

    Ten at most; what lasts the whole day is in nobody's way.
    """
    end = start + max(length, timedelta(minutes=1))
    rows = living_interactions().filter(owner_id=owner_id, status=InteractionStatus.PLANNED, is_all_day=False)
    if without is not None:
        rows = rows.exclude(pk=without)
    found = agenda(start - HALF_AN_HOUR, end, rows, most=MOST_OCCURRENCES).entries
    return [item for item in found if item.occurrence.status == "planned" and overlaps(item.occurrence, start, end)][
        :MOST_CONFLICTS
    ]


def open_tasks(rows: Rows, *, now: datetime, zone: ZoneInfo) -> TaskList:
    """Open ones of the rows with the stretch in which they are due, nearest first; six queries.

    Each series stands there once, with the nearest one that is open; what nobody did for a month is given up. Of those
    that are overdue the latest hundred, of all others the nearest two hundred, whatever lies behind.
    """
    chosen, is_cut = _candidates(rows.filter(status=InteractionStatus.PLANNED), now)
    changes = changes_of(chosen)
    found = [_task(row, changes.get(row.pk, {}), now=now, zone=zone) for row in chosen]
    ordered = sorted((task for task in found if task is not None), key=_nearest_first)
    late = [task for task in ordered if task.stretch is Stretch.OVERDUE]
    others = [task for task in ordered if task.stretch is not Stretch.OVERDUE]
    kept = [*late[-MOST_LATE:], *others[:MOST_TASKS]]
    return TaskList(kept, is_cut or len(kept) < len(ordered))


def _candidates(planned: Rows, now: datetime) -> tuple[list[Interaction], bool]:
    """Rows that the list is made of, and whether there are more: of each sort one stretch of an index."""
    single = planned.filter(recurrence="")
    # What lasts all day is due on its day, although that has begun.
    days = Q(is_all_day=True, scheduled_at__gte=now - 2 * A_DAY)
    sorts = (
        (single.filter(scheduled_at__lt=now).exclude(days).order_by("-scheduled_at", "priority", "-pk"), MOST_LATE),
        (single.filter(days, scheduled_at__lt=now).order_by("-scheduled_at", "-priority", "pk"), MOST_TASKS),
        (single.filter(scheduled_at__gte=now).order_by("scheduled_at", "-priority", "pk"), MOST_TASKS),
        (single.filter(scheduled_at__isnull=True).order_by("-priority", "pk"), MOST_TASKS),
        (_lasting_series(planned, now - BEHIND).order_by("scheduled_at", "pk"), MOST_SERIES),
    )
    found: list[Interaction] = []
    is_cut = False
    for sort, most in sorts:
        there = list(sort[: most + 1])
        is_cut = is_cut or len(there) > most
        found += there[:most]
    return found, is_cut


def _task(row: Interaction, changes: Changes, *, now: datetime, zone: ZoneInfo) -> Task | None:
    nearest = nearest_open(row, changes, zone, since=now - BEHIND)
    if nearest is None and row.scheduled_at is not None:
        return None
    return Task(row, nearest, stretch_of(nearest, now=now, zone=zone))


def _nearest_first(task: Task) -> tuple[bool, float, int, UUID]:
    due = task.due.timestamp() if task.due is not None else 0.0
    return task.due is None, due, -task.interaction.priority, task.interaction.pk
