"""REST interface of calendars: what takes place, what is in the way, what is to be done, and calendar files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers.api.serializers.interactions import (
    AgendaAnswer,
    AgendaQuestion,
    ConflictsAnswer,
    ConflictsQuestion,
    TasksAnswer,
    TasksQuestion,
    WindowSerializer,
    shown_entry,
    shown_task,
)
from apps.customers.calculations import CalendarEntry, calendar_file, uid_of
from apps.customers.features import VIEW_INTERACTIONS
from apps.customers.models import InteractionStatus, InteractionType
from apps.customers.selectors import (
    HALF_AN_HOUR,
    Agenda,
    Entry,
    TaskList,
    agenda,
    conflicts_of,
    living_interactions,
    of_person,
    open_tasks,
    tenant_zone,
)
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.api.plain import PlainView
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import current_scope

LONGEST: Final = timedelta(days=400)


class CalendarView(PlainView):
    """Base of the questions here."""

    features: ClassVar[tuple[str, ...]] = (VIEW_INTERACTIONS,)

    def window(self, serializer: Any) -> dict[str, Any]:
        """The checked question about a stretch of time. Raises InvalidInput, ValidationError."""
        asked = self.asked(serializer)
        if asked["from"] >= asked["to"]:
            text = _("The stretch ends before it begins.")
            raise InvalidInput(errors=(FieldError("to", "customers.calendar.backwards", text),))
        if asked["to"] - asked["from"] > LONGEST:
            text = _("Ask for 400 days at most.")
            raise InvalidInput(errors=(FieldError("to", "customers.calendar.too_long", text),))
        return asked


class OccurrencesView(CalendarView):
    """What takes place."""

    @extend_schema(parameters=[AgendaQuestion], responses={200: AgendaAnswer})
    def get(self, request: Request) -> Response:
        """What takes place in the time from `from` to before `to`, ones of series included, a thousand at most."""
        asked = self.window(AgendaQuestion)
        rows = living_interactions()
        for name in ("owner_id", "customer_id"):
            if name in asked:
                rows = rows.filter(**{name: asked[name]})
        if "type" in asked:
            rows = rows.filter(type__in=_types(asked["type"]))
        found = agenda(asked["from"], asked["to"], rows)
        return Response({"results": [shown_entry(item) for item in found.entries], "is_cut": found.is_cut})


class ConflictsView(CalendarView):
    """What is in the way."""

    @extend_schema(parameters=[ConflictsQuestion], responses={200: ConflictsAnswer})
    def get(self, request: Request) -> Response:
        """What somebody has planned at the time, ten at most; what has no length counts half an hour."""
        asked = self.asked(ConflictsQuestion)
        minutes = asked.get("duration_minutes")
        length = timedelta(minutes=minutes) if minutes else HALF_AN_HOUR
        found = conflicts_of(asked["owner_id"], asked["scheduled_at"], length=length, without=asked.get("without"))
        return Response({"results": [shown_entry(item) for item in found]})


class TasksView(CalendarView):
    """What is to be done."""

    @extend_schema(parameters=[TasksQuestion], responses={200: TasksAnswer})
    def get(self, request: Request) -> Response:
        """Open tasks of somebody, the caller's own where nobody is named, the nearest first.

        Of those that are overdue the latest hundred, of all others the nearest two hundred.
        """
        owner_id = self.asked(TasksQuestion).get("owner_id") or person_of(current_scope().actor)
        rows = living_interactions().filter(type=InteractionType.TASK, owner_id=owner_id)
        found = open_tasks(rows, now=clock.now(), zone=tenant_zone()) if owner_id else TaskList([])
        return Response({"results": [shown_task(task) for task in found.tasks], "is_cut": found.is_cut})


class CalendarFileView(CalendarView):
    """The caller's own calendar as a file."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A calendar program may ask for whatever it likes: the answer is a calendar, and refusals are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(parameters=[WindowSerializer], responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """What the caller is in charge of or takes part in, from `from` to before `to`, as RFC 5545 has it."""
        asked = self.window(WindowSerializer)
        person = person_of(current_scope().actor)
        found = agenda(asked["from"], asked["to"], of_person(person)) if person is not None else Agenda([])
        text = calendar_file(map(_entry, found.entries), name=_("Agora"), made_at=clock.now())
        headers = {"Content-Disposition": 'attachment; filename="calendar.ics"'}
        return HttpResponse(text.encode(), content_type="text/calendar; charset=utf-8", headers=headers)


def _entry(item: Entry) -> CalendarEntry:
    row, occurrence = item.interaction, item.occurrence
    return CalendarEntry(
        uid_of(row.pk, occurrence.original_at),
        occurrence.starts_at,
        occurrence.ends_at,
        occurrence.is_all_day,
        occurrence.zone,
        title=row.title,
        text=row.body,
        location=row.location,
        is_cancelled=occurrence.status == InteractionStatus.CANCELLED,
        changed_at=row.updated_at,
    )


def _types(text: str) -> list[str]:
    wanted = text.split(",")
    unknown = [item for item in wanted if item not in InteractionType.values]
    if unknown:
        words = _("Choose from {types}.").format(types=", ".join(InteractionType.values))
        raise InvalidInput(errors=(FieldError("type", "invalid_choice", words),))
    return wanted
