"""Tells those who look after offers and prices what happens soon: once a day, and of each moment once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count

from apps.catalog.features import MANAGE_OFFERS, MANAGE_PRICING
from apps.catalog.models import Ahead, Offer, OfferKind, Price, PriceList, SentNotice
from apps.catalog.notifications import LIST_ENDS, OFFER_BEGINS, OFFER_ENDS
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.bases.bitemporal import currently_known
from apps.kernel.ports import Notifier, OrganizationTree
from apps.kernel.registry.notices import holders_of
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, in_organization, system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule
from apps.kernel.work.schedules import set_schedule

TELL: Final = "catalog.telling"
EVERY_MORNING: Final = "0 6 * * *"
WEEK: Final = timedelta(days=7)
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that happens to a record at a moment, and what is said of it."""

    what: Ahead
    row: Offer | PriceList
    moment: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, UUID, datetime]:
        """What is said once."""
        return self.what.value, self.row.pk, self.moment


def schedule_telling(tenant_id: UUID) -> None:
    """Have it looked for every morning of the tenant; a schedule that is there stays as it is."""
    with scoped_transaction():
        is_there = Schedule.objects.filter(kind=TELL, ref_id=tenant_id).exists()
        zone = service(TenantBook).profile().time_zone
    if not is_there:
        set_schedule(TELL, ref_id=tenant_id, cron=EVERY_MORNING, time_zone=zone)


def tell_ahead(lease: Lease) -> None:
    """Say what happens by the end of tomorrow, and which price lists run out in seven days. Raises LeaseLost.

    What is said and the memory of it are written together, some at a time: who is killed in the midst goes on behind
    it, and says nothing twice.
    """
    with scoped_transaction():
        organizations = service(OrganizationTree).all_living()
        zone = ZoneInfo(service(TenantBook).profile().time_zone)
    with system_scope(current_scope().tenant_id, TELL, organization_ids=organizations):
        with scoped_transaction():
            found = iter(_unsaid(list(_coming(clock.now(), zone))))
        while batch := list(islice(found, BATCH)):
            lease.check()
            with scoped_transaction():
                for item in _unsaid(batch):
                    _say(item)


def _coming(now: datetime, zone: ZoneInfo) -> Iterator[Coming]:
    """What is to come, in the order of its moments; three queries."""
    day = now.astimezone(zone).date() + timedelta(days=2)
    end = datetime.combine(day, time(), zone)
    rows = Offer.objects.filter(kind=OfferKind.PROMOTION, is_active=True, deleted_at__isnull=True)
    offers = rows.filter(product__deleted_at__isnull=True).select_related("product")
    starting = list(offers.filter(starts_at__gt=now, starts_at__lt=end).order_by("starts_at", "pk"))
    counts = _price_counts([offer.pk for offer in starting])
    for offer in starting:
        facts = {**_offer_facts(offer, offer.starts_at, zone), "prices": counts.get(offer.pk, 0)}
        yield Coming(Ahead.OFFER_BEGINS, offer, offer.starts_at, facts)
    for offer in offers.filter(ends_at__gt=now, ends_at__lt=end).order_by("ends_at", "pk"):
        yield Coming(Ahead.OFFER_ENDS, offer, offer.ends_at, _offer_facts(offer, offer.ends_at, zone))
    lists = PriceList.objects.filter(is_active=True, deleted_at__isnull=True)
    for row in lists.filter(valid_until__gt=now, valid_until__lte=now + WEEK).order_by("valid_until", "pk"):
        facts = {"name": row.name, "at": _words(row.valid_until, zone)}
        yield Coming(Ahead.LIST_ENDS, row, row.valid_until, facts)


def _price_counts(offer_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = currently_known(Price.objects.filter(offer__in=offer_ids)).values("offer_id")
    return dict(rows.annotate(count=Count("pk")).values_list("offer_id", "count"))


def _offer_facts(offer: Offer, moment: datetime | None, zone: ZoneInfo) -> dict[str, Any]:
    return {"offer": str(offer), "product": offer.product.title, "at": _words(moment, zone)}


def _words(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment is not None else ""


def _unsaid(items: Sequence[Coming]) -> list[Coming]:
    """Those that nobody was told of; one query."""
    said = SentNotice.objects.filter(record_id__in={item.row.pk for item in items})
    known = set(said.values_list("what", "record_id", "moment")) if items else set()
    return [item for item in items if item.key not in known]


# What is said, and to those who hold which feature.
KINDS: Final = {
    Ahead.OFFER_BEGINS: (OFFER_BEGINS, MANAGE_OFFERS),
    Ahead.OFFER_ENDS: (OFFER_ENDS, MANAGE_OFFERS),
    Ahead.LIST_ENDS: (LIST_ENDS, MANAGE_PRICING),
}


def _say(item: Coming) -> None:
    """Tell whoever looks after it where it belongs to, and remember that."""
    kind, feature = KINDS[item.what]
    with using_scope(in_organization(current_scope(), item.row.organization_id)):
        SentNotice(what=item.what, record_id=item.row.pk, moment=item.moment).save(force_insert=True)
        service(Notifier).notify(kind, holders_of(feature), item.facts, about=(item.row.entity_id, item.row.pk))
