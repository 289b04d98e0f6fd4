"""Shapes of interactions in the REST interface, of agendas and of what is asked about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.customers.calculations import EARLIEST, LATEST
from apps.customers.models import Answer, Interaction, Participant
from apps.customers.selectors import Entry, Task, seen_participants
from apps.customers.services.participants import MOST
from apps.kernel.api.serializers import (
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

OWN = ("id", "organization_id", "version", "created_at", "updated_at")
READ_ONLY = ("status", "author_id", "is_pinned", "recurs_until")
COLUMNS = (
    "type",
    "title",
    "body",
    "customer_id",
    "deal_id",
    "priority",
    "scheduled_at",
    "duration_minutes",
    "is_all_day",
    "time_zone",
    "occurred_at",
    "owner_id",
    "location",
    "recurrence",
    "reminder_minutes",
    "visibility",
    "external_id",
)


class ParticipantRow(StrictModelSerializer):
    """A colleague or a customer who takes part."""

    customer_id = StrictUUIDField(allow_null=True, required=False)

    class Meta:
        model = Participant
        fields = ("user_id", "customer_id", "answer")


class Participants(serializers.ListSerializer[Any]):
    """Who takes part."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, without customers whom the reader does not see."""
        return seen_participants(Participant.objects.filter(interaction=instance.pk)).order_by("pk")


class InteractionListSerializer(StrictModelSerializer):
    """An interaction in a list. `priority` goes from 1 (low) to 4 (urgent)."""

    customer_id = StrictUUIDField(allow_null=True, required=False)
    priority = StrictIntegerField(min_value=1, max_value=4, required=False)

    class Meta:
        model = Interaction
        fields: tuple[str, ...] = (*OWN, *COLUMNS, *READ_ONLY)
        read_only_fields = READ_ONLY


class InteractionSerializer(InteractionListSerializer):
    """An interaction. Participants that are given take the place of those that are there."""

    participants = Participants(child=ParticipantRow(), required=False, max_length=MOST)

    class Meta(InteractionListSerializer.Meta):
        fields = (*InteractionListSerializer.Meta.fields, "participants")


class CalendarMoment(serializers.DateTimeField):
    """A moment that calendars reach: beyond them neither time zones nor stretches of time can be worked out."""

    default_error_messages: ClassVar[dict[str, Any]] = {"out_of_reach": _("Choose a day from 1900 to 2199.")}

    def to_internal_value(self, value: Any) -> datetime:
        """The moment. Raises ValidationError."""
        moment: datetime = super().to_internal_value(value)
        if not EARLIEST <= moment.year <= LATEST:
            self.fail("out_of_reach")
        return moment


class PlanSerializer(StrictSerializer):
    """Another time."""

    scheduled_at = CalendarMoment()
    duration_minutes = StrictIntegerField(min_value=1, required=False, allow_null=True)


class OccurrenceSerializer(StrictSerializer):
    """One of a series, by the moment that the rule has."""

    original_at = CalendarMoment()


class MovedOccurrenceSerializer(OccurrenceSerializer):
    """The same, and when it takes place instead."""

    starts_at = CalendarMoment()


class AnswerSerializer(StrictSerializer):
    """Whether one comes."""

    answer = serializers.ChoiceField(choices=Answer.choices)


MOMENTS = ("from", "to")


def _window(**more: Any) -> type[StrictSerializer]:
    moments = {name: CalendarMoment() for name in MOMENTS}
    return type("WindowSerializer", (StrictSerializer,), {"__doc__": "A stretch of time.", **moments, **more})


WindowSerializer = _window()
AgendaQuestion = type(
    "AgendaQuestion",
    (WindowSerializer,),
    {
        "__doc__": "A stretch of time, and whose.",
        "owner_id": StrictUUIDField(required=False),
        "customer_id": StrictUUIDField(required=False),
        "type": StrictCharField(required=False, max_length=100),
    },
)


class ConflictsQuestion(StrictSerializer):
    """What somebody would like to do, and when."""

    owner_id = StrictUUIDField()
    scheduled_at = CalendarMoment()
    duration_minutes = serializers.IntegerField(min_value=1, max_value=14 * 24 * 60, required=False)
    without = StrictUUIDField(required=False)


class TasksQuestion(StrictSerializer):
    """Whose tasks; the caller's own where nobody is named."""

    owner_id = StrictUUIDField(required=False)


class OccurrenceRow(serializers.Serializer[Any]):
    """Something takes place."""

    interaction_id = serializers.UUIDField()
    original_at = serializers.DateTimeField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    is_all_day = serializers.BooleanField()
    is_moved = serializers.BooleanField()
    status = serializers.CharField()
    type = serializers.CharField()
    title = serializers.CharField()
    location = serializers.CharField()
    priority = serializers.IntegerField()
    customer_id = serializers.UUIDField(allow_null=True)
    owner_id = serializers.UUIDField(allow_null=True)


class AgendaAnswer(serializers.Serializer[Any]):
    """What takes place, by time; `is_cut` where that is not all."""

    results = OccurrenceRow(many=True)
    is_cut = serializers.BooleanField()


class ConflictsAnswer(serializers.Serializer[Any]):
    """What is in the way."""

    results = OccurrenceRow(many=True)


class TaskRow(serializers.Serializer[Any]):
    """A task: `stretch` is overdue, today, week, later or undated."""

    interaction_id = serializers.UUIDField()
    original_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    stretch = serializers.CharField()
    title = serializers.CharField()
    priority = serializers.IntegerField()
    customer_id = serializers.UUIDField(allow_null=True)
    owner_id = serializers.UUIDField(allow_null=True)


class TasksAnswer(serializers.Serializer[Any]):
    """Open tasks, the nearest first; `is_cut` where that is not all."""

    results = TaskRow(many=True)
    is_cut = serializers.BooleanField()


def shown_entry(entry: Entry) -> dict[str, Any]:
    """A line of an agenda as plain JSON values."""
    row, item = entry.interaction, entry.occurrence
    shown = OccurrenceRow(
        {
            "interaction_id": row.pk,
            "original_at": item.original_at,
            "starts_at": item.starts_at,
            "ends_at": item.ends_at,
            "is_all_day": item.is_all_day,
            "is_moved": item.is_moved,
            "status": item.status,
            "type": row.type,
            "title": row.title,
            "location": row.location,
            "priority": row.priority,
            "customer_id": row.customer_id,
            "owner_id": row.owner_id,
        }
    )
    return dict(shown.data)


def shown_task(task: Task) -> dict[str, Any]:
    """A task as plain JSON values."""
    row = task.interaction
    shown = TaskRow(
        {
            "interaction_id": row.pk,
            "original_at": task.occurrence.original_at if task.occurrence is not None else None,
            "due_at": task.due,
            "stretch": task.stretch.value,
            "title": row.title,
            "priority": row.priority,
            "customer_id": row.customer_id,
            "owner_id": row.owner_id,
        }
    )
    return dict(shown.data)
