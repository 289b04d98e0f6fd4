"""Moving what stands in the calendar: dropped on another day, or given another time on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.customers import services
from apps.customers.admin.occurrence import MoveForm
from apps.customers.calculations import is_there, moment_of, on_the_wall
from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models import Interaction, InteractionStatus
from apps.customers.selectors import Entry, living_interactions, occurrence_at
from apps.kernel.admin.access import allows
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.commands.history.latest import last_changes
from apps.kernel.errors import PlatformError, RowNotFound, StaleVersion

NAME: Final = "customers_calendar_move"
CALENDAR: Final = "admin:customers_calendar"


@dataclass(frozen=True, slots=True)
class Movable:
    """Something planned. `original_at` names one of a series by the moment that its rule has; None is no series."""

    row: Interaction
    starts_at: datetime
    original_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The moment to move to. `is_later`: clocks skip the time that was asked for, so that it is another one."""

    at: datetime
    is_later: bool = False


def move_address(entry: Entry, *, back: str) -> str:
    """The page on which the entry is moved, "" for what cannot be; `back` is the query of the calendar to return to."""
    row, occurrence = entry.interaction, entry.occurrence
    is_open = {row.status, occurrence.status} == {InteractionStatus.PLANNED}
    if not is_open or not allows(MANAGE_INTERACTIONS):
        return ""
    at = occurrence.original_at.isoformat() if row.is_series and occurrence.original_at is not None else ""
    return f"{reverse(f'admin:{NAME}')}?{urlencode({'id': str(row.pk), 'at': at, 'back': back})}"


@own_page(OwnPage(NAME, "customers/calendar/move/", VIEW_INTERACTIONS))
def move_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask for another time; on POST move it. Whoever comes second is shown where it is now, and asked again."""
    if not allows(MANAGE_INTERACTIONS):
        raise PermissionDenied
    found = _asked(request.GET)
    if request.method != "POST":
        return _page(site, request, found, _form({"starts_at": found.starts_at}))
    wanted = _dropped(request.POST)
    if wanted is None:
        form = _form(None, request.POST)
        if not form.is_valid():
            return _page(site, request, found, form, status=400)
        wanted = Wanted(form.cleaned_data["starts_at"])
    return _moved(site, request, found, wanted)


def _moved(site: AdminSite, request: HttpRequest, found: Movable, wanted: Wanted) -> HttpResponse:
    """Move it and go back to the calendar; the page again where that is refused."""
    try:
        _move(found, wanted.at, version=_version(request.POST))
    except StaleVersion:
        latest = last_changes([found.row.pk]).get(found.row.pk)
        again = _form({"starts_at": wanted.at})
        return _page(
            site, request, _asked(request.GET), again, status=412, is_stale=True, latest=latest, wanted=wanted.at
        )
    except RowNotFound:
        say(request, _("This is not there any more."), messages.WARNING)
        return HttpResponseRedirect(_back(request))
    except PlatformError as error:
        if not is_form_error(error):
            raise
        form = _form(None, {"starts_at": wanted.at})
        form.full_clean()
        add_refusal(form, error)
        return _page(site, request, found, form, status=error.status)
    said = _("“%(title)s” is planned for %(when)s now.") % {"title": found.row.title, "when": _worded(found, wanted.at)}
    later = _("The clocks go forward over the time that you chose.") if wanted.is_later else ""
    say(request, f"{said} {later}".strip())
    return HttpResponseRedirect(_back(request))


def _asked(asked: Mapping[str, Any]) -> Movable:
    """What the address names. Raises Http404 for what is not there or has no time."""
    try:
        row_id, at = UUID(asked.get("id", "")), parse_datetime(asked.get("at", "").replace(" ", "+"))
    except ValueError:
        raise Http404 from None
    row = living_interactions().filter(pk=row_id).first()
    if row is None or row.scheduled_at is None:
        raise Http404
    if not row.is_series:
        return Movable(row, row.scheduled_at)
    found = occurrence_at(row, at) if at is not None and at.tzinfo is not None else None
    if found is None or found.original_at is None:
        raise Http404
    return Movable(row, found.starts_at, found.original_at)


def _dropped(given: Mapping[str, Any]) -> Wanted | None:
    """Where it was dropped: at the `time` of the day `to`, or as many days later as it was dragged, at its own time.

    `starts` is when it began as whoever dragged it saw it: somebody else may have moved it since. A time that the
    clocks skip is as much later as they jump, as in series. None where a time was typed. Raises Http404.
    """
    if "to" not in given:
        return None
    zone = timezone.get_current_timezone()
    try:
        day, seen = date.fromisoformat(given["to"]), datetime.fromisoformat(given.get("starts", "").replace(" ", "+"))
        own = on_the_wall(timezone.localtime(seen), zone)
        if given.get("time"):
            wall = datetime.strptime(f"{day} {given['time']}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - on the reader's wall
        else:
            wall = own + (day - date.fromisoformat(given.get("from", "")))
        at = timezone.localtime(moment_of(wall, zone), zone)
    except (ValueError, OverflowError):
        raise Http404 from None
    return Wanted(at, is_later=not is_there(wall, zone))


def _version(given: Mapping[str, Any]) -> int:
    try:
        return int(given.get("version", ""))
    except ValueError:
        raise Http404 from None


def _move(found: Movable, wanted: datetime, *, version: int) -> None:
    if found.original_at is None:
        run(services.reschedule_interaction, found.row.pk, scheduled_at=wanted, expected_version=version)
        return
    given: dict[str, Any] = {"original_at": found.original_at, "starts_at": wanted}
    run(services.move_occurrence, found.row.pk, **given, expected_version=version)


def _form(initial: Mapping[str, Any] | None, data: Mapping[str, Any] | None = None) -> Any:
    form = MoveForm(data, initial=dict(initial or {}))
    dress(form)
    return form


def _worded(found: Movable, at: datetime) -> str:
    local = timezone.localtime(at)
    return date_format(local, "SHORT_DATE_FORMAT" if found.row.is_all_day else "SHORT_DATETIME_FORMAT")


def _back(request: HttpRequest) -> str:
    """The calendar as it was; the address says only what it showed, so that it leads nowhere else."""
    query = request.GET.get("back", "")
    return f"{reverse(CALENDAR)}{query if query.startswith('?') else ''}"


def _page(
    site: AdminSite, request: HttpRequest, found: Movable, form: Any, *, status: int = 200, **more: Any
) -> TemplateResponse:
    context = {
        **site.each_context(request),
        "title": _("Plan “%(title)s” for another time") % {"title": found.row.title},
        "row": found.row,
        "when": _worded(found, found.starts_at),
        "is_one_of_series": found.original_at is not None,
        "is_open": found.row.status == InteractionStatus.PLANNED,
        "form": form,
        "back": _back(request),
        **more,
    }
    if "wanted" in more:
        context["wanted_words"] = _worded(found, more["wanted"])
    return TemplateResponse(request, "customers/calendar_move.html", context, status=status)
