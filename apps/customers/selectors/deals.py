"""What is read of deals, pipelines and stages beside single records and lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value

from apps.customers.models import (
    Company,
    Deal,
    DealCompany,
    DealLine,
    DealPerson,
    Outcome,
    Person,
    Pipeline,
    Stage,
    StageTransition,
)
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.access.visible import visible
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service


def today() -> date:
    """The day that it is where the tenant is."""
    return clock.now().astimezone(ZoneInfo(service(TenantBook).profile().time_zone)).date()


def is_stale(at: datetime) -> Q:
    """Open deals that have been in their stage for longer than it allows."""
    allowed = ExpressionWrapper(
        F("stage__stale_after_days") * Value(timedelta(days=1)), output_field=models.DurationField()
    )
    left = ExpressionWrapper(Value(at) - allowed, output_field=models.DateTimeField())
    return Q(outcome=Outcome.OPEN, stage_since__lt=left)


def is_overdue(day: date) -> Q:
    """Open deals that were expected to close before the day."""
    return Q(outcome=Outcome.OPEN, expected_close_on__lt=day)


def needs_attention(at: datetime, day: date) -> Q:
    """Open deals that are stale or overdue."""
    return is_stale(at) | is_overdue(day)


def living_stages(pipeline_ids: Iterable[UUID]) -> models.QuerySet[Stage]:
    """Stages of the pipelines, each pipeline's in its order."""
    rows: models.QuerySet[Stage] = Stage.objects.filter(pipeline__in=list(pipeline_ids), deleted_at__isnull=True)
    return rows.order_by("pipeline_id", "position", "pk")


def stages_of(pipeline_ids: Iterable[UUID]) -> dict[UUID, list[Stage]]:
    """Stages by pipeline, in their order; one query."""
    found: dict[UUID, list[Stage]] = {}
    for row in living_stages(pipeline_ids):
        found.setdefault(row.pipeline_id, []).append(row)
    return found


def living_pipelines(organization_id: UUID) -> models.QuerySet[Pipeline]:
    """Pipelines of the organization in their order."""
    rows: models.QuerySet[Pipeline] = Pipeline.objects.filter(organization_id=organization_id, deleted_at__isnull=True)
    return rows.order_by("position", "pk")


def count_deals(**where: Any) -> int:
    """How many living deals there are that pass the conditions, restricted ones included."""
    return Deal.objects.filter(deleted_at__isnull=True, **where).order_by().values("pk").distinct().count()


def open_deals_in(pipeline_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many open deals that the actor sees are in each pipeline; those without any are left out."""
    rows = visible(Deal.objects.filter(pipeline__in=list(pipeline_ids), outcome=Outcome.OPEN, deleted_at__isnull=True))
    counted = rows.order_by().values("pipeline_id").annotate(found=models.Count("pk"))
    return {row["pipeline_id"]: row["found"] for row in counted}


def seen_people(deal_ids: Iterable[UUID]) -> models.QuerySet[DealPerson]:
    """People of the deals, without those whom the actor does not see; in the order in which they came."""
    return people_seen(DealPerson.objects.filter(deal__in=list(deal_ids)).order_by("pk"))


def seen_companies(deal_ids: Iterable[UUID]) -> models.QuerySet[DealCompany]:
    """Companies of the deals, without those that the actor does not see; in the order in which they came."""
    return companies_seen(DealCompany.objects.filter(deal__in=list(deal_ids)).order_by("pk"))


def people_seen(rows: models.QuerySet[DealPerson]) -> models.QuerySet[DealPerson]:
    """The rows without those of people whom the actor does not see."""
    return rows.filter(models.Exists(ENTITIES[Person.entity_id].living().filter(pk=models.OuterRef("person_id"))))


def companies_seen(rows: models.QuerySet[DealCompany]) -> models.QuerySet[DealCompany]:
    """The rows without those of companies that the actor does not see."""
    return rows.filter(models.Exists(ENTITIES[Company.entity_id].living().filter(pk=models.OuterRef("company_id"))))


def lines_of(deal_id: UUID) -> list[DealLine]:
    """Lines of the deal in their order."""
    return list(DealLine.objects.filter(deal=deal_id).order_by("position", "pk"))


def visits_of(deal_id: UUID) -> models.QuerySet[StageTransition]:
    """Every stage that the deal has been in, the latest first."""
    rows: models.QuerySet[StageTransition] = StageTransition.objects.filter(deal=deal_id)
    return rows.order_by("-entered_at", "-pk")


def deals_of(record: Person | Company) -> models.QuerySet[Deal]:
    """Living deals that the customer is part of and the actor sees: open ones first, then the latest."""
    link = {"people__person" if isinstance(record, Person) else "companies__company": record.pk}
    rows: models.QuerySet[Deal] = Deal.objects.filter(deleted_at__isnull=True, **link)
    ended = models.Case(models.When(outcome=Outcome.OPEN, then=0), default=1)
    return visible(rows).select_related("pipeline", "stage").order_by(ended, "-created_at", "-pk")
