"""Reads of events, deliveries and subscribers: what the actor may see of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.kernel.commands.history.restriction import about_reached, without_hidden
from apps.kernel.commands.history.visibility import within_sight
from apps.kernel.commands.models import Action
from apps.kernel.eventbus.chains import causes_of
from apps.kernel.eventbus.declarations import EVENTS, Event
from apps.kernel.eventbus.models import Delivery, DeliveryStatus, OutboxEvent
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, Subscriber
from apps.kernel.registry.entities import ENTITIES

OPEN = (DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.DEAD)
MOST_FOLLOWERS = 50
RESOURCE = ("resource_entity", "resource_id", "resource_label")


def visible_events() -> QuerySet[OutboxEvent]:
    """Events of the scope's organizations and of the tenant itself, without those about hidden records."""
    return about_reached(OutboxEvent.objects.all(), record="record_id", with_parts=True)


def visible_deliveries() -> QuerySet[Delivery]:
    """Deliveries of events that the actor may see."""
    return about_reached(Delivery.objects.all(), record="event__record_id", with_parts=True)


def named_then(events: Iterable[OutboxEvent]) -> dict[tuple[str, UUID], str]:
    """What the events' records were called when it happened, by kind and id; one query, if any.

    A record that the action was not itself about is called by its kind.
    """
    listed = list(events)
    actions = Action.objects.filter(pk__in={item.action_id for item in listed}) if listed else Action.objects.none()
    seen = within_sight(without_hidden(actions), "organizations")
    named = {(entity, pk): label for entity, pk, label in seen.values_list(*RESOURCE) if label}
    places = ((item.entity, item.record_id) for item in listed if item.record_id is not None)
    return {place: named.get(place) or kind_in_words(place[0]) for place in places}


def kind_in_words(entity: str) -> str:
    """What records of the kind are called; the kind's id where its module is gone."""
    kind = ENTITIES.get(entity)
    return str(kind.label) if kind is not None else entity


@dataclass(frozen=True, slots=True)
class Chain:
    """What an event followed from, the first one first, and what followed from it at once, the first 50."""

    causes: Sequence[OutboxEvent]
    followers: Sequence[OutboxEvent]


def chain_of(event: OutboxEvent) -> Chain:
    """The events around one, as far as the actor may see them; three queries at most."""
    causes: list[OutboxEvent] = []
    if event.causation_id is not None:
        causes = list(visible_events().filter(pk__in=causes_of(event.pk)).order_by("depth"))
    followers = visible_events().filter(causation_id=event.pk).order_by("created_at", "pk")
    return Chain(causes, list(followers[:MOST_FOLLOWERS]))


@dataclass(frozen=True, slots=True)
class SubscriberFound:
    """A subscriber with the number of its deliveries that wait, are held or were given up.

    `declared` None: deliveries of a module that is not installed any more are left.
    """

    id: str
    declared: Subscriber | None
    counts: Mapping[str, int]

    @property
    def kind(self) -> str:
        """`persistent`, `in_process`, or `gone`."""
        if self.declared is None:
            return "gone"
        return "persistent" if self.declared.persistent else "in_process"


def subscribers() -> list[SubscriberFound]:
    """Every subscriber of this installation and every one that has open deliveries; one query."""
    open_ones = visible_deliveries().filter(status__in=OPEN).order_by()
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for subscriber, status, number in open_ones.values_list("subscriber", "status").annotate(Count("pk")):
        counts[subscriber][status] = number
    return [
        SubscriberFound(name, SUBSCRIBERS.get(name), counts.get(name, {})) for name in sorted({*SUBSCRIBERS, *counts})
    ]


def declared_events(*, module: str | None = None, category: str | None = None) -> list[Event[Any]]:
    """Declared events by name; `category` is `lifecycle` or `custom`."""
    return [
        item
        for _name, item in sorted(EVENTS.items())
        if module in {None, item.module} and category in {None, category_of(item)}
    ]


def category_of(event: Event[Any]) -> str:
    """`lifecycle` for what happens to records of every kind, `custom` for what a module announces."""
    return "lifecycle" if event.is_lifecycle else "custom"


def visible_delivery(delivery_id: UUID) -> Delivery | None:
    """The delivery with its event, None where the actor sees none."""
    found: Delivery | None = visible_deliveries().select_related("event").filter(pk=delivery_id).first()
    return found


def matching(text: str) -> Q:
    """The condition of events that an id belongs to: the event's own, its record's, its change's or correlation's.

    A text that is no id matches nothing.
    """
    try:
        wanted = UUID(text.strip())
    except ValueError:
        return Q(pk__in=())
    return Q(pk=wanted) | Q(record_id=wanted) | Q(correlation_id=wanted)
