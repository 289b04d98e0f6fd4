"""Gives sample customers a story: deals on their way through the pipeline, and what was said and planned on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.customers.models import (
    Deal,
    DealCompany,
    DealPerson,
    Interaction,
    InteractionStatus,
    Outcome,
    Stage,
    StageTransition,
)
from apps.customers.selectors import living_pipelines, living_stages
from apps.customers.services.samples.deals import DealSample
from apps.customers.services.samples.interactions import InteractionSample
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.services import service

ROUND = 500
Visit = tuple[Stage, datetime]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: ids of companies and people in the order in which they were drawn, and of those in charge."""

    companies: Sequence[UUID]
    people: Sequence[UUID]
    owners: Sequence[UUID]
    seed: str


def add_deals(samples: Sequence[DealSample], cast: Cast, organization_id: UUID) -> int:
    """Store the deals in the organization's default pipeline; how many, 0 where there is none."""
    pipeline = living_pipelines(organization_id).filter(is_default=True).first()
    stages = list(living_stages([pipeline.pk])) if pipeline is not None else []
    if not stages:
        return 0
    dice = random.Random(f"trading {cast.seed}")  # noqa: S311 - the same on every machine, and no secret
    reasons = [item.id for item in service(DictionaryBook).entries("customers.deal_loss_reason")]
    deals, people, companies, visits = list[Deal](), list[DealPerson](), list[DealCompany](), list[StageTransition]()
    for sample in samples:
        way = _way(sample, stages)
        deal = _deal(sample, way)
        deal.owner_id = dice.choice(cast.owners) if cast.owners else None
        deal.loss_reason_id = dice.choice(reasons) if reasons and deal.outcome == Outcome.LOST else None
        deals.append(deal)
        companies.append(DealCompany(deal=deal, company_id=cast.companies[sample.company]))
        if sample.person is not None:
            people.append(DealPerson(deal=deal, person_id=cast.people[sample.person]))
        visits += _visits(deal, way)
    Deal.objects.bulk_create(deals, batch_size=ROUND)
    DealCompany.objects.bulk_create(companies, batch_size=ROUND)
    DealPerson.objects.bulk_create(people, batch_size=ROUND)
    StageTransition.objects.bulk_create(visits, batch_size=ROUND)
    return len(deals)


def add_interactions(samples: Sequence[InteractionSample], cast: Cast) -> int:
    """Store what was done and what is planned; how many."""
    dice = random.Random(f"talking {cast.seed}")  # noqa: S311 - the same on every machine, and no secret
    rows = []
    for sample in samples:
        owner = dice.choice(cast.owners) if cast.owners else None
        at = sample.occurred_at
        row = Interaction(
            customer_id=cast.people[sample.person],
            type=sample.kind,
            title=sample.title,
            status=InteractionStatus.PLANNED if at is None else InteractionStatus.DONE,
            scheduled_at=sample.scheduled_at,
            occurred_at=at,
            duration_minutes=sample.minutes,
            owner_id=owner,
            author_id=owner,
        )
        if at is not None:
            row.created_at = row.updated_at = at
        rows.append(row)
    Interaction.objects.bulk_create(rows, batch_size=ROUND)
    return len(rows)


def _way(sample: DealSample, stages: Sequence[Stage]) -> list[Visit]:
    """Stages that the deal came to and when, each once in a row."""
    found: list[Visit] = []
    for share, at in sample.visits:
        stage = stages[round(share * (len(stages) - 1))]
        if not found or found[-1][0] is not stage:
            found.append((stage, at))
    return found


def _deal(sample: DealSample, way: Sequence[Visit]) -> Deal:
    stage, since = way[-1]
    return Deal(
        title=sample.title,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        stage_since=since,
        value_amount=sample.amount,
        value_currency=sample.currency,
        base_amount=sample.amount,
        base_currency=sample.currency,
        rate=1,
        rate_date=sample.created_at.date(),
        expected_close_on=sample.expected_close_on,
        outcome=Outcome(sample.outcome),
        closed_at=sample.closed_at,
        created_at=sample.created_at,
        updated_at=sample.closed_at or since,
    )


def _visits(deal: Deal, way: Sequence[Visit]) -> Iterator[StageTransition]:
    """One row for each; the last one has not been left."""
    for place, (stage, at) in enumerate(way):
        before = way[place - 1][0] if place else None
        left = way[place + 1][1] if place + 1 < len(way) else None
        yield StageTransition(deal=deal, from_stage=before, to_stage=stage, entered_at=at, left_at=left)
