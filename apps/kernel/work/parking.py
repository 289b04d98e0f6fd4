"""What operators do with rows of work that were given up: look, start again, set aside, throw away."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from apps.kernel import clock
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.models import Work
from apps.kernel.work.settling import LONGEST_REASON
from apps.kernel.work.waking import wake

UNKNOWN_KIND = "unknown kind: no installed module declares it"


def parked(*, kind: str = "") -> models.QuerySet[Work]:
    """Parked rows of all tenants, or of one kind; oldest first."""
    rows = Work.objects.filter(parked_at__isnull=False)
    return (rows.filter(kind=kind) if kind else rows).order_by("parked_at", "id")


def park(work_id: int, reason: str) -> bool:
    """Set a row aside, whoever works on it: that worker's lease is lost. False when it is gone or parked already."""
    rows = Work.objects.filter(pk=work_id, parked_at__isnull=True)
    changes = {"parked_at": clock.now(), "parked_reason": reason[:LONGEST_REASON], "locked_until": None, "owner": ""}
    return bool(rows.update(**changes, fence=models.F("fence") + 1))


def unpark(work_ids: Iterable[int]) -> int:
    """Start parked rows again, from their first attempt; say how many there were."""
    return _start(Work.objects.filter(pk__in=list(work_ids)))


def unpark_known_kinds() -> int:
    """Start rows that were parked by a worker too old to know their kind; each worker does so when it starts."""
    return _start(Work.objects.filter(parked_reason=UNKNOWN_KIND, kind__in=list(KINDS)))


def discard(work_id: int) -> bool:
    """Throw a parked row away."""
    return bool(Work.objects.filter(pk=work_id, parked_at__isnull=False).delete()[0])


def _start(rows: models.QuerySet[Work]) -> int:
    rows = rows.filter(parked_at__isnull=False)
    queues = sorted(set(rows.values_list("queue", flat=True)))
    started = rows.update(parked_at=None, parked_reason="", attempts=0, due_at=clock.now())
    for queue in queues:
        wake(queue)
    return started
