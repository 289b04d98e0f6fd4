"""Shapes of events, deliveries and subscribers in the REST interface."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from rest_framework import serializers

from apps.events.selectors import SubscriberFound, category_of
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictModelSerializer,
    StrictMomentField,
    StrictSerializer,
)
from apps.kernel.eventbus.declarations import EVENTS, Broadcast, Event
from apps.kernel.eventbus.models import Delivery, DeliveryStatus, OutboxEvent
from apps.kernel.eventbus.wording import event_words

CATEGORIES = ("lifecycle", "custom")
KINDS = ("persistent", "in_process", "gone")


class OutboxSerializer(StrictModelSerializer):
    """One event that happened. `created_at` is when; `parked_reason` says why it goes to nobody, "" for most."""

    payload = serializers.JSONField(read_only=True)

    class Meta:
        model = OutboxEvent
        fields = (
            "id",
            "name",
            "created_at",
            "organization_id",
            "entity",
            "record_id",
            "payload",
            "actor_kind",
            "actor_id",
            "on_behalf_of",
            "action_id",
            "correlation_id",
            "causation_id",
            "depth",
            "is_pending",
            "parked_reason",
        )
        read_only_fields = fields


class DeliverySerializer(StrictModelSerializer):
    """One event for one subscriber. `due_at` is the next try, `ended_at` when it was delivered, given up or skipped."""

    event_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="event.name", read_only=True)
    entity = serializers.CharField(source="event.entity", read_only=True)
    record_id = serializers.UUIDField(source="event.record_id", read_only=True, allow_null=True)

    class Meta:
        model = Delivery
        fields = (
            "id",
            "event_id",
            "name",
            "entity",
            "record_id",
            "organization_id",
            "subscriber",
            "status",
            "attempts",
            "due_at",
            "last_error",
            "ended_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class RangeSerializer(StrictSerializer):
    """Which events are taken to which subscriber again: `start` counts, `end` does not."""

    subscriber = StrictCharField(max_length=200)
    start = StrictMomentField()
    end = StrictMomentField()
    pattern = StrictCharField(max_length=200, required=False, allow_blank=True, default="")
    dry_run = StrictBooleanField(required=False, default=False)


class RangeAnswer(serializers.Serializer[Any]):
    """How many deliveries there will be; of a rehearsal, how many events the range holds, 10,001 for more."""

    count = serializers.IntegerField()
    dry_run = serializers.BooleanField()


class JobAnswer(serializers.Serializer[Any]):
    """The job that goes on behind the answer."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()


class DeclaredSerializer(serializers.Serializer[Any]):
    """An event that a module declares; `payload_schema` is the JSON Schema of its facts."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # also the name of an option of every field
    module = serializers.CharField()
    entity = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    payload_schema = serializers.DictField()
    broadcast = serializers.ChoiceField(choices=[item.value for item in Broadcast])
    triggers_workflows = serializers.BooleanField()


class DeclaredAnswer(serializers.Serializer[Any]):
    """All of them: the list has one page."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = DeclaredSerializer(many=True)


class SubscriberSerializer(serializers.Serializer[Any]):
    """A subscriber; the counts are deliveries that the caller may see. What is gone has no pattern."""

    id = serializers.CharField()
    pattern = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=KINDS)
    is_ordered = serializers.BooleanField()
    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    dead = serializers.IntegerField()


class SubscribersAnswer(serializers.Serializer[Any]):
    """All of them: the list has one page."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = SubscriberSerializer(many=True)


def shown_event(event: Event[Any]) -> dict[str, Any]:
    """A declared event as JSON."""
    return {
        "name": event.name,
        "label": event_words(event.name),
        "module": event.module,
        "entity": event.entity,
        "category": category_of(event),
        "payload_schema": _schema_of(event.name),
        "broadcast": event.broadcast.value,
        "triggers_workflows": event.triggers_workflows,
    }


def shown_subscriber(found: SubscriberFound) -> dict[str, Any]:
    """A subscriber as JSON."""
    declared = found.declared
    return {
        "id": found.id,
        "pattern": declared.pattern if declared else None,
        "kind": found.kind,
        "is_ordered": bool(declared and declared.ordered),
        "waiting": found.counts.get(DeliveryStatus.WAITING, 0),
        "held": found.counts.get(DeliveryStatus.HELD, 0),
        "dead": found.counts.get(DeliveryStatus.DEAD, 0),
    }


@lru_cache(maxsize=1024)
def _schema_of(name: str) -> dict[str, Any]:
    return msgspec.json.schema(EVENTS[name].payload)
