"""Reactions of the customers module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from apps.customers.services.reminders import plan_all, plan_reminders
from apps.customers.services.telling import News, comment_news, tell_followers
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import BulkChanged, RecordChanged
from apps.kernel.eventbus.subscribing import subscribe

TELLING: Final = frozenset(
    {
        "scheduled_at",
        "status",
        "recurrence",
        "time_zone",
        "is_all_day",
        "reminder_minutes",
        "series_changed_at",
        "deleted_at",
    }
)


@subscribe("customers.interaction.*", id="customers.reminders", persistent=True, together=True)
def follow(events: Sequence[tuple[Any, EventContext]]) -> None:
    """Plan the reminders of interactions anew that were changed, whoever did it and how: undo is heard of as well."""
    ids = {payload.resource_id for payload, _ctx in events if isinstance(payload, RecordChanged) and _tells(payload)}
    if ids:
        plan_reminders(ids)
    if any(isinstance(payload, BulkChanged) for payload, _ctx in events):
        plan_all()


def _tells(payload: RecordChanged) -> bool:
    return not payload.changed or bool(TELLING & set(payload.changed))


Events = Sequence[tuple[Any, EventContext]]


@subscribe("customers.person.updated", id="customers.followed_people", persistent=True, together=True)
@subscribe("customers.company.updated", id="customers.followed_companies", persistent=True, together=True)
def tell_of_customers(events: Events) -> None:
    """Tell followers of changed people and companies."""
    tell_followers(_changes(events), field="customer_id")


@subscribe("customers.deal.updated", id="customers.followed_deals", persistent=True, together=True)
def tell_of_deals(events: Events) -> None:
    """Tell followers of changed deals."""
    tell_followers(_changes(events), field="deal_id")


@subscribe("customers.comment.created", id="customers.followed_comments", persistent=True, together=True)
def tell_of_comments(events: Events) -> None:
    """Tell followers of what was said."""
    for field, news in comment_news([ctx for _payload, ctx in events]).items():
        tell_followers(news, field=field)


def _changes(events: Events) -> list[News]:
    return [News(ctx.entity_id, ctx.actor.id, ctx.actor.label) for _payload, ctx in events if ctx.entity_id]
