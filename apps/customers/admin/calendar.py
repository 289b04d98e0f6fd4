"""The calendar: a month, or the hours of a week or a day, of what is planned and was done."""

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

from apps.customers.admin.calendar_form import DAY, ME, MONTH, WEEK, Wish, begins, owner_of, wish_of, worded
from apps.customers.admin.calendar_hours import hours_of
from apps.customers.admin.calendar_lines import Line, line_of
from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models import InteractionType
from apps.customers.selectors import Entry, agenda, living_interactions
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


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month. `more` is how many further entries there are, `url` where all are, `new` where one
    is added."""

    date: date
    label: str
    is_today: bool
    is_outside: bool
    lines: list[Line]
    more: int
    url: str
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
    entries = _by_day(found.entries)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Calendar"),
        "heading": _heading(wish, days),
        "wish": wish,
        **_shown(wish, entries, today=today),
        "is_empty": not any(entries.get(day) for day in days),
        "is_cut": found.is_cut,
        "previous": wish.moved(-1).address(),
        "following": wish.moved(1).address(),
        "today": wish.at(today).address(),
        "views": [
            (label, wish.address(view=view), wish.view == view)
            for view, label in ((MONTH, _("Month")), (WEEK, _("Week")), (DAY, _("Day")))
        ],
        "people": _people(wish),
        "types": [(value, label, value in wish.types) for value, label in InteractionType.choices],
    }
    return TemplateResponse(request, "customers/calendar.html", context)


def _heading(wish: Wish, days: list[date]) -> str:
    if wish.view == MONTH:
        return date_format(wish.day, "F Y")
    if wish.view == DAY:
        return f"{date_format(wish.day, 'l')}, {date_format(wish.day, 'DATE_FORMAT')}"
    return f"{date_format(days[0], 'SHORT_DATE_FORMAT')} – {date_format(days[-1], 'SHORT_DATE_FORMAT')}"


def _people(wish: Wish) -> list[tuple[str, str, bool]]:
    """Whose calendars may be chosen: everybody's, one's own, and those of colleagues."""
    known = [("", _("Everybody")), (ME, _("Me"))]
    if USER in ENTITIES:
        known += [(str(key), label) for key, label in ENTITIES[USER].find("", limit=MOST_PEOPLE)]
    return [(value, label, value == wish.owner) for value, label in known]


def _by_day(entries: list[Entry]) -> dict[date, list[Entry]]:
    """Entries under each day that they touch: of the reader's days, and of its own where it lasts all day."""
    found: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        zone = entry.occurrence.zone if entry.occurrence.is_all_day else timezone.get_current_timezone()
        first = entry.occurrence.starts_at.astimezone(zone).date()
        # What ends with the stroke of midnight does not touch the day that begins with it.
        ends = max(entry.occurrence.ends_at - timedelta(microseconds=1), entry.occurrence.starts_at)
        for number in range((ends.astimezone(zone).date() - first).days + 1):
            found[first + timedelta(days=number)].append(entry)
    return found


def _shown(wish: Wish, entries: dict[date, list[Entry]], *, today: date) -> dict[str, Any]:
    """What the view is drawn from: the weeks of a month, or days with their hours."""
    add = reverse("admin:customers_interaction_add") if allows(MANAGE_INTERACTIONS) else ""
    if wish.view != MONTH:
        return hours_of(wish, entries, today=today, add=add)
    shown = [_day(wish, day, entries[day], today=today, add=add) for day in wish.days]
    return {"weeks": [shown[start : start + 7] for start in range(0, len(shown), 7)]}


def _day(wish: Wish, day: date, entries: list[Entry], *, today: date, add: str) -> Day:
    return Day(
        day,
        worded(day),
        day == today,
        day.month != wish.day.month,
        [line_of(item, day, back=wish.address()) for item in entries[:SHOWN_A_DAY]],
        max(0, len(entries) - SHOWN_A_DAY),
        wish.at(day).address(view=DAY),
        f"{add}?scheduled_at={day.isoformat()}T09:00" if add else "",
    )
