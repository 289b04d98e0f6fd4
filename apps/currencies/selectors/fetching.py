"""Reads of the fetching of rates: what is configured, and what was fetched."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from apps.currencies.models import UNFINISHED, FetchRun, RateFetchConfig, RunStatus
from apps.currencies.selectors.currencies import living_currencies


def active_codes(organization_id: UUID) -> frozenset[str]:
    """Codes of the currencies that the organization uses."""
    rows = living_currencies(organization_id).filter(is_active=True)
    return frozenset(rows.values_list("code", flat=True))


def fetch_configs(organization_id: UUID) -> QuerySet[RateFetchConfig]:
    """Where the organization's rates come from, by source."""
    rows: QuerySet[RateFetchConfig] = RateFetchConfig.objects.filter(organization_id=organization_id)
    return rows.order_by("source")


def last_runs(configs: Iterable[RateFetchConfig]) -> dict[tuple[UUID, str], FetchRun]:
    """The newest fetch of each configuration, by organization and source; one query."""
    listed = list(configs)
    owners, sources = {item.organization_id for item in listed}, {item.source for item in listed}
    rows = FetchRun.objects.filter(organization_id__in=owners, source__in=sources)
    newest = rows.order_by("organization_id", "source", "-created_at", "-pk").distinct("organization_id", "source")
    return {(run.organization_id, run.source): run for run in newest}


def runs_of_source(config: RateFetchConfig) -> QuerySet[FetchRun]:
    """Fetches from the source of a configuration, newest first."""
    rows: QuerySet[FetchRun] = FetchRun.objects.filter(organization_id=config.organization_id, source=config.source)
    return rows.order_by("-created_at", "-pk")


def unfinished_run(organization_id: UUID, source: str, trigger: str) -> FetchRun | None:
    """A fetch that a worker has left behind."""
    rows = FetchRun.objects.filter(organization_id=organization_id, source=source, trigger=trigger)
    found: FetchRun | None = rows.filter(status__in=UNFINISHED).order_by("pk").first()
    return found


def runs_of_job(job_id: UUID) -> list[FetchRun]:
    """The fetches of one request, in the order in which they are made."""
    return list(FetchRun.objects.filter(job_id=job_id).order_by("pk"))


def fetched_until(organization_id: UUID, source: str) -> date | None:
    """The last day that was fetched well from a source; None before the first time."""
    rows = FetchRun.objects.filter(organization_id=organization_id, source=source, status=RunStatus.DONE)
    last: date | None = rows.aggregate(last=Max("end_on"))["last"]
    return last
