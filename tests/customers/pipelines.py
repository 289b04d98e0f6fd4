"""Pipelines with stages and deals of North for tests, written as rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from apps.customers.models import Company, Deal, DealCompany, DealPerson, Person, Pipeline, Stage
from apps.directory.models import Organization
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.support.scopes import House, seeding

STAGES = (("Lead", 10), ("Offer", 50), ("Talks", 80))


def make_pipeline(
    house: House, *stages: tuple[str, int], name: str = "", organization: Organization | None = None, **values: Any
) -> list[Stage]:
    """A pipeline with stages of these labels and probabilities, in their order; `values` are those of each stage."""
    with seeding(house.scope(organization or house.north)):
        pipeline = Pipeline(name=name or f"Sales {uuid7().hex[-6:]}")
        pipeline.save(force_insert=True)
        rows = [
            Stage(pipeline=pipeline, label=label, probability=probability, position=place, **values)
            for place, (label, probability) in enumerate(stages or STAGES)
        ]
        Stage.objects.bulk_create(rows)
    return rows


def deal_of(stage: Stage, title: str = "Engines", **values: Any) -> Deal:
    """A deal in the stage that is not stored yet; `value` is an amount in euros, which are the base currency."""
    if "value" in values:
        worth = Decimal(values.pop("value"))
        values = {**euros(worth), **values}
    return Deal(
        **{
            "title": title,
            "stage": stage,
            "pipeline_id": stage.pipeline_id,
            "stage_since": clock.now(),
            "organization_id": stage.organization_id,
            **values,
        }
    )


def euros(worth: Decimal) -> dict[str, Any]:
    """Columns of a value in the base currency."""
    return priced(worth, "EUR", rate=Decimal(1))


def priced(worth: Decimal, currency: str, *, rate: Decimal | None, base: str = "EUR") -> dict[str, Any]:
    """Columns of a value, and of what it is in the base currency; without a rate it is nothing there."""
    found: dict[str, Any] = {"value_amount": worth, "value_currency": currency, "base_currency": base}
    if rate is not None:
        found |= {"base_amount": worth * rate, "rate": rate, "rate_date": date(2026, 1, 1)}
    return found


def store(house: House, *deals: Deal) -> None:
    """Write the deals."""
    with seeding(house.scope()):
        Deal.objects.bulk_create(deals)


def join(house: House, deal: Deal, person: Person, company: Company) -> None:
    """Let a person and a company be part of the deal."""
    with seeding(house.scope(house.north)):
        DealPerson(deal=deal, person=person).save(force_insert=True)
        DealCompany(deal=deal, company=company).save(force_insert=True)


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
