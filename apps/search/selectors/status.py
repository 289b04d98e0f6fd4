"""How the index stands: documents, what differs, what waits and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Min

from apps.kernel import clock
from apps.kernel.eventbus.models import Delivery, DeliveryStatus
from apps.kernel.eventbus.places import whole_tenant
from apps.search.models import SearchDocument, SearchIndex
from apps.search.selectors.kinds import entity_of, installed_kinds

SUBSCRIBER: Final = "search.index"


@dataclass(frozen=True, slots=True)
class KindStatus:
    """One kind of record: its documents, and how its index stands."""

    entity: str
    label: str
    icon: str
    documents: int
    embedded: int
    index: SearchIndex


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The tenant's index. `lag` is the age in seconds of the oldest change that is not in it; 0 for none.

    `waiting` and `given_up` count changes; `last_error` is of the last one that was given up or is tried again.
    """

    kinds: tuple[KindStatus, ...]
    waiting: int
    lag: float
    given_up: int
    last_error: str


def index_status() -> IndexStatus:
    """How the tenant's index stands, over all of its organizations; a fixed number of queries."""
    with whole_tenant():
        counted = SearchDocument.objects.values("entity").order_by("entity")
        documents = {
            row["entity"]: (row["all"], row["meant"])
            for row in counted.annotate(all=Count("pk"), meant=Count("embedding"))
        }
        indexes = {index.entity: index for index in SearchIndex.objects.all()}
        waiting, oldest, given_up, error = _deliveries()
    lag = (clock.now() - oldest).total_seconds() if oldest else 0.0
    return IndexStatus(_kinds(documents, indexes), waiting, max(lag, 0.0), given_up, error)


def _kinds(documents: Mapping[str, tuple[int, int]], indexes: Mapping[str, SearchIndex]) -> tuple[KindStatus, ...]:
    return tuple(
        KindStatus(
            entity=entity,
            label=str(entity_of(kind).label_plural),
            icon=entity_of(kind).icon or "description",
            documents=documents.get(entity, (0, 0))[0],
            embedded=documents.get(entity, (0, 0))[1],
            index=indexes.get(entity) or SearchIndex(entity=entity),
        )
        for entity, kind in sorted(installed_kinds().items())
    )


def _deliveries() -> tuple[int, datetime | None, int, str]:
    rows = Delivery.objects.filter(subscriber=SUBSCRIBER)
    open_ones = rows.filter(status__in=(DeliveryStatus.WAITING, DeliveryStatus.HELD))
    waiting = open_ones.aggregate(count=Count("pk"), oldest=Min("created_at"))
    dead = rows.filter(status=DeliveryStatus.DEAD)
    failed = rows.exclude(last_error="").order_by("-updated_at").values_list("last_error", flat=True).first()
    return waiting["count"], waiting["oldest"], dead.count(), failed or ""
