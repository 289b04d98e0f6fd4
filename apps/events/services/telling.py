"""Tells those who look after deliveries that some were given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Count

from apps.events.features import MANAGE_DELIVERIES
from apps.events.notifications import GIVEN_UP
from apps.events.services.upkeep import EVERY
from apps.kernel import clock
from apps.kernel.addresses import address_if_any
from apps.kernel.eventbus.models import Delivery, DeliveryStatus
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.ports import Notifier
from apps.kernel.registry.notices import holders_of
from apps.kernel.services import service

# Longer than from one look to the next, so that a late one misses nothing; who is told twice of a subscriber, and has
# not read the first, has one notification with a number.
LATELY: Final = timedelta(seconds=2 * EVERY)


def tell_operators() -> int:
    """Say of each subscriber how many it gave up lately that nobody has decided about; how many subscribers."""
    with whole_tenant():
        dead = Delivery.objects.filter(status=DeliveryStatus.DEAD, ended_at__gt=clock.now() - LATELY)
        found = list(dead.values("subscriber").annotate(number=Count("pk")).order_by("subscriber"))
        for row in found:
            variables = {"subscriber": row["subscriber"], "number": row["number"]}
            service(Notifier).notify(GIVEN_UP, holders_of(MANAGE_DELIVERIES), variables, link=_page())
    return len(found)


def _page() -> str:
    return address_if_any("admin:kernel_delivery_changelist", query={"status__exact": DeliveryStatus.DEAD})
