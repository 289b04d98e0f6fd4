"""The calendar: a month or a week of what is planned and was done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.customers.admin.calendar_form import ME, MONTH, WEEK, Wish, begins, owner_of, wish_of
from apps.customers.admin.calendar_moves import move_address
from apps.customers.admin.occurrence import address_of
from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models import InteractionStatus, InteractionType
from apps.customers.selectors import MOST_OCCURRENCES, Entry, agenda, living_interactions
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.admin.access import allows
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

NAME: Final = "customers_calendar"
SHOWN_A_DAY: Final = 4
MOST_PEOPLE: Final = 50
USER: Final = "auth.user"
ICONS: Final = {
    InteractionType.CALL: "call",
    InteractionType.MEETING: "groups",
    InteractionType.EMAIL: "mail",
    InteractionType.NOTE: "sticky_note_2",
    InteractionType.TASK: "task_alt",
    InteractionType.EVENT: "event",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a day. `move` is where it is moved, "" where it is not."""

    title: str
    time: str
    icon: str
    kind: str
    url: str
    state: str
    words: str
    move: str
    version: int
    starts: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the page. `more` is how many further entries there are, `new` where one is added."""

    date: date
    label: str
    is_today: bool
    is_outside: bool
    lines: list[Line]
    more: int
    week: str
    new: str


@own_page(OwnPage(NAME, "customers/calendar/", VIEW_INTERACTIONS))
def calendar_view(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Show the days, in six queries however much there is."""
    today = timezone.localtime(clock.now()).date()
    wish = wish_of(request.GET, today=today)
    days = wish.days
    rows = living_interactions().filter(**owner_of(wish.owner, me=person_of(current_scope().actor)))
    if wish.types:
        rows = rows.filter(type__in=wish.types)
    found = agenda(begins(days[0]), begins(days[-1] + timedelta(days=1)), rows)
    shown = _days(wish, days, _by_day(found.entries), today=today)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Calendar"),
        "heading": _heading(wish, days),
        "wish": wish,
        "weeks": [shown[start : start + 7] for start in range(0, len(shown), 7)],
        "is_empty": not found.entries,
        "is_cut": found.is_cut,
        "previous": wish.moved(-1).address(),
        "following": wish.moved(1).address(),
        "today": wish.at(today).address(),
        "views": [
            (_("Month"), wish.address(view=MONTH), wish.view == MONTH),
            (_("Week"), wish.address(view=WEEK), wish.view == WEEK),
        ],
        "people": _people(wish),
        "types": [(value, label, value in wish.types) for value, label in InteractionType.choices],
    }
    return TemplateResponse(request, "customers/calendar.html", context)


def _heading(wish: Wish, days: list[date]) -> str:
    if wish.view == MONTH:
        return date_format(wish.day, "F Y")
    return f"{date_format(days[0], 'SHORT_DATE_FORMAT')} – {date_format(days[-1], 'SHORT_DATE_FORMAT')}"


def _people(wish: Wish) -> list[tuple[str, str, bool]]:
    """Whose calendars may be chosen: everybody's, one's own, and those of colleagues."""
    known = [("", _("Everybody")), (ME, _("Me"))]
    if USER in ENTITIES:
        known += [(str(key), label) for key, label in ENTITIES[USER].find("", limit=MOST_PEOPLE)]
    return [(value, label, value == wish.owner) for value, label in known]


def _by_day(entries: list[Entry]) -> dict[date, list[Entry]]:
    """Entries under each day that they touch."""
    found: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        first = timezone.localtime(entry.occurrence.starts_at).date()
        # What ends with the stroke of midnight does not touch the day that begins with it.
        ends = max(entry.occurrence.ends_at - timedelta(microseconds=1), entry.occurrence.starts_at)
        for number in range((timezone.localtime(ends).date() - first).days + 1):
            found[first + timedelta(days=number)].append(entry)
    return found


def _days(wish: Wish, days: list[date], entries: dict[date, list[Entry]], *, today: date) -> list[Day]:
    most = SHOWN_A_DAY if wish.view == MONTH else MOST_OCCURRENCES
    may_add = allows(MANAGE_INTERACTIONS)
    add = reverse("admin:customers_interaction_add")
    return [
        Day(
            day,
            date_format(day, "l j F"),
            day == today,
            wish.view == MONTH and day.month != wish.day.month,
            [_line(item, day, back=wish.address()) for item in entries[day][:most]],
            max(0, len(entries[day]) - most),
            wish.at(day).address(view=WEEK),
            f"{add}?scheduled_at={day.isoformat()}T09:00" if may_add else "",
        )
        for day in days
    ]


def _line(entry: Entry, day: date, *, back: str) -> Line:
    row, occurrence = entry.interaction, entry.occurrence
    start = timezone.localtime(occurrence.starts_at)
    is_timed = not occurrence.is_all_day and start.date() == day
    status = InteractionStatus(occurrence.status)
    words = [str(row.get_type_display()), "" if status == InteractionStatus.PLANNED else str(status.label)]
    return Line(
        title=row.title,
        time=date_format(start, "TIME_FORMAT") if is_timed else "",
        icon=ICONS[InteractionType(row.type)],
        kind=row.type,
        url=address_of(occurrence) if row.is_series else reverse("admin:customers_interaction_change", args=[row.pk]),
        state=status.value,
        words=", ".join(word for word in words if word),
        move=move_address(entry, back=back),
        version=row.version,
        starts=occurrence.starts_at.isoformat(),
    )
