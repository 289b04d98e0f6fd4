"""What an actor sees of e-mails, phones and addresses: those of living customers whom they see themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.customers.calculations import typed_phones
from apps.customers.models import Channel, Company, CustomerRecord, Person
from apps.customers.selectors.records import points_of
from apps.customers.selectors.talking import opens
from apps.kernel.access.objects import Level
from apps.kernel.access.visible import beyond, may_hide
from apps.kernel.tenancy.scope import current_scope

KINDS: tuple[type[CustomerRecord], ...] = (Person, Company)


def seen_ways(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the rows whose customer is there, of a kind that the scope's actor may see, and not hidden from them.

    The few hidden customers are looked for, not the many that are seen: a page walks its index in order.
    """
    actor = current_scope().actor
    kinds = [model for model in KINDS if opens(model, actor)]
    found = rows.filter(customer__deleted_at__isnull=True, customer__kind__in=[model.kind for model in kinds])
    for model in (item for item in kinds if may_hide(item, actor)):
        hidden = beyond(model._default_manager.order_by().filter(pk=OuterRef("customer_id")), Level.VIEW, actor)
        found = found.filter(~Q(Exists(hidden)))
    return found


def reached_by(customer_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """E-mails and phones of customers as somebody may type them; one query."""
    return {
        customer_id: [
            text
            for point in points
            for text in (typed_phones(point.value) if point.channel == Channel.PHONE else (point.value,))
        ]
        for customer_id, points in points_of(customer_ids).items()
    }
