"""What operators decide about single deliveries that were given up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.events.errors import EventBusy, NotDead, SubscriberGone
from apps.events.features import MANAGE_DELIVERIES
from apps.events.selectors import visible_deliveries, visible_delivery
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.eventbus.models import Delivery, DeliveryStatus
from apps.kernel.eventbus.operating import deliver_again, let_be, persistent_subscribers
from apps.kernel.eventbus.ordering import lock_order
from apps.kernel.eventbus.subscribing import Subscriber

DECIDED = gettext_lazy("it is an operator's decision: what the subscriber did meanwhile is not taken back by it.")


@command("events.delivery.replay", feature=MANAGE_DELIVERIES, undoable=False, undo_reason=DECIDED)
def replay_delivery(delivery_id: UUID) -> Delivery:
    """Have a dead letter tried again, from the first try. Raises RowNotFound, NotDead, SubscriberGone, EventBusy."""
    _demand_seen(delivery_id)
    delivery = load_for_update(Delivery, delivery_id)
    _demand_dead(delivery)
    if not deliver_again(_subscriber_of(delivery.subscriber), [delivery.event_id]):
        raise EventBusy
    delivery.refresh_from_db()
    return delivery


@command("events.delivery.replay_many", feature=MANAGE_DELIVERIES, undoable=False, undo_reason=DECIDED, bulk=True)
def replay_deliveries(delivery_ids: Sequence[UUID]) -> int:
    """Have several dead letters tried again, in one action: all of them or none; say how many.

    Raises InvalidInput for none and with every unknown id, NotDead, SubscriberGone, EventBusy.
    """
    wanted = set(delivery_ids)
    seen = set(visible_deliveries().filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown := [index for index, item in enumerate(delivery_ids) if item not in seen]:
        raise InvalidInput(errors=tuple(_unknown(f"ids.{index}") for index in unknown))
    if not wanted:
        raise InvalidInput(errors=(FieldError("ids", "required", _("Name at least one delivery.")),))
    rows = Delivery.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted)
    found = list(rows.order_by("pk"))
    for delivery in found:
        _demand_dead(delivery)
    if _by_subscriber(found) != len(wanted):
        raise EventBusy
    return len(wanted)


@command("events.delivery.skip", feature=MANAGE_DELIVERIES, undoable=False, undo_reason=DECIDED)
def skip_delivery(delivery_id: UUID) -> Delivery:
    """Let a dead letter be: its effect never happens, and later events of its record go on.

    Raises RowNotFound, NotDead.
    """
    seen = _demand_seen(delivery_id)
    if seen.order_key is not None:  # before the row: whoever delivers takes them in this order too
        lock_order(seen.subscriber, seen.order_key)
    delivery = load_for_update(Delivery, delivery_id)
    _demand_dead(delivery)
    let_be(delivery)
    return delivery


def _by_subscriber(rows: Iterable[Delivery]) -> int:
    events: defaultdict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        events[row.subscriber].append(row.event_id)
    return sum(deliver_again(_subscriber_of(name), ids) for name, ids in sorted(events.items()))


def _demand_seen(delivery_id: UUID) -> Delivery:
    found = visible_delivery(delivery_id)
    if found is None:
        raise RowNotFound
    return found


def _demand_dead(delivery: Delivery) -> None:
    if delivery.status != DeliveryStatus.DEAD:
        raise NotDead(status=delivery.status, allowed=[str(DeliveryStatus.DEAD)])


def _subscriber_of(name: str) -> Subscriber:
    known = persistent_subscribers()
    if name not in known:
        raise SubscriberGone(subscriber=name, known=", ".join(known) or "–")
    return known[name]


def _unknown(field: str) -> FieldError:
    return FieldError(field, RowNotFound.code, str(RowNotFound.message))
