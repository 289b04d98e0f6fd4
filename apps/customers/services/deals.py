"""Deals: adding, changing, hiding and bringing back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.errors import DealClosed
from apps.customers.features import MANAGE_DEALS
from apps.customers.models import Deal, Outcome, Stage
from apps.customers.selectors import seen_companies, seen_people
from apps.customers.services.deal_parts import DealParts
from apps.customers.services.deal_places import demanded, note_visit, place, stage_for
from apps.customers.services.deal_worth import fix_worth
from apps.customers.services.lists import Given
from apps.customers.services.pipelines import new_pipeline
from apps.kernel import clock
from apps.kernel.commands.amounts import INCOMPLETE, unknown_currencies
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.money import AmountOutOfRange
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = ("title", "description", "value_amount", "value_currency", "probability", "expected_close_on")
WORTH = ("base_amount", "base_currency", "rate", "rate_date")
PLACE = ("pipeline", "stage", "stage_since")


def _new_deal(scope: Scope) -> dict[str, Any]:
    return {
        "title": "Engines for the mill",
        "pipeline_id": new_pipeline(scope).pk,
        "value_currency": "EUR",
        "lines": [{"title": "Engine", "quantity": Decimal(2), "unit_price": Decimal("1200.50")}],
    }


def new_deal(scope: Scope) -> Deal:
    """A deal for examples."""
    return create_deal(**_new_deal(scope))


def _some_deal(scope: Scope) -> dict[str, Any]:
    return {"deal_id": new_deal(scope).pk}


def _changed_deal(scope: Scope) -> dict[str, Any]:
    return {**_some_deal(scope), "title": "Engines for two mills", "lines": [], "probability": 50}


def _hidden_deal(scope: Scope) -> dict[str, Any]:
    found = _some_deal(scope)
    delete_deal(**found)
    return found


@command("customers.deal.create", feature=MANAGE_DEALS, example=_new_deal)
def create_deal(  # noqa: PLR0913 - one for each column
    *,
    title: str,
    description: str = "",
    pipeline_id: UUID | None = None,
    stage_id: UUID | None = None,
    value_amount: Decimal | None = None,
    value_currency: str = "",
    probability: int | None = None,
    expected_close_on: date | None = None,
    owner_id: UUID | None = None,
    source_id: UUID | None = None,
    people: Given = (),
    companies: Given = (),
    lines: Given = (),
    custom_fields: Mapping[str, Any] | None = None,
) -> Deal:
    """Add a deal; without a stage it begins in the first one of its pipeline, without a pipeline in the default one.

    Of a deal with lines the value is their sum, whatever else is given. Raises InvalidInput with all complaints,
    NoStage.
    """
    given = dict(locals())
    custom, parts = given.pop("custom_fields"), _taken(given)
    deal = Deal(organization_id=current_scope().writing_organization())
    stage = stage_for(deal.organization_id, pipeline_id=given.pop("pipeline_id"), stage_id=given.pop("stage_id"))
    set_given(deal, **given)
    deal.take(custom)
    place(deal, stage, clock.now())
    _demand_sound(deal, parts, entered=True, changed=given)
    fix_worth(deal)
    deal.save(force_insert=True)
    parts.store(deal)
    note_visit(deal, former=None)
    return deal


@command("customers.deal.update", feature=MANAGE_DEALS, example=_changed_deal)
def update_deal(  # noqa: PLR0913 - one for each column
    deal_id: UUID,
    *,
    title: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    pipeline_id: UUID | Unchanged = UNCHANGED,
    stage_id: UUID | Unchanged = UNCHANGED,
    value_amount: Decimal | Unchanged | None = UNCHANGED,
    value_currency: str | Unchanged = UNCHANGED,
    probability: int | Unchanged | None = UNCHANGED,
    expected_close_on: date | Unchanged | None = UNCHANGED,
    owner_id: UUID | Unchanged | None = UNCHANGED,
    source_id: UUID | Unchanged | None = UNCHANGED,
    people: Given | None = None,
    companies: Given | None = None,
    lines: Given | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Deal:
    """Change what is given; lists are set as a whole, another stage or pipeline moves the deal.

    What a stage demands is asked when the deal enters it, and cannot be taken away while it is there. Raises
    RowNotFound, DealClosed for moving one that is closed, InvalidInput with all complaints.
    """
    given = {name: value for name, value in locals().items() if name != "deal_id"}
    custom, parts = given.pop("custom_fields"), _taken(given)
    deal = load_living(Deal, deal_id)
    former, worth = deal.stage, (deal.value_amount, deal.value_currency)
    stage = _following(deal, given.pop("pipeline_id"), given.pop("stage_id"))
    changed = set_given(deal, **given)
    deal.take(custom)
    moves = stage.pk != former.pk
    if moves:
        place(deal, stage, clock.now())
    _demand_sound(deal, parts, entered=moves, changed=changed)
    if deal.base_amount is None or worth != (deal.value_amount, deal.value_currency):
        fix_worth(deal)
    parts.store(deal)
    deal.save(update_fields=[*changed, *WORTH, *PLACE, "value_amount", "custom", "version"])
    if moves:
        note_visit(deal, former=former)
    return deal


@command("customers.deal.delete", feature=MANAGE_DEALS, example=_some_deal)
def delete_deal(deal_id: UUID) -> Deal:
    """Hide a deal with its people, companies, lines and history. Raises RowNotFound, InUse with counts."""
    deal = load_living(Deal, deal_id)
    keep_pointers_out(deal)
    hide(deal)
    return deal


@command("customers.deal.restore", feature=MANAGE_DEALS, example=_hidden_deal)
def restore_deal(deal_id: UUID) -> Deal:
    """Bring a hidden deal back. Where its stage is gone it comes to the first one of its pipeline, or of the default.

    Raises RowNotFound, NoStage.
    """
    deal = load_for_update(Deal, deal_id)
    if not deal.is_deleted:
        raise RowNotFound
    deal.deleted_at = None
    former, stage = deal.stage, _present(deal)
    if stage.pk != former.pk:
        place(deal, stage, clock.now())
    deal.save(update_fields=["deleted_at", *PLACE, "version"])
    if stage.pk != former.pk:
        note_visit(deal, former=former)
    return deal


def _taken(given: dict[str, Any]) -> DealParts:
    return DealParts(*(given.pop(name) for name in ("people", "companies", "lines")))


def _following(deal: Deal, pipeline_id: Any, stage_id: Any) -> Stage:
    """The stage that a change leads to: the present one unless another stage or pipeline is named."""
    present: Stage = deal.stage
    pipeline = None if pipeline_id is UNCHANGED else pipeline_id
    stage = None if stage_id is UNCHANGED else stage_id
    if stage is None and pipeline in {None, deal.pipeline_id}:
        return present
    found = stage_for(deal.organization_id, pipeline_id=pipeline, stage_id=stage)
    if found.pk != deal.stage_id:
        demand_open(deal)
    return found


def demand_open(deal: Deal) -> None:
    """Refuse what is for open deals only. Raises DealClosed."""
    if deal.outcome != Outcome.OPEN:
        raise DealClosed


def _present(deal: Deal) -> Stage:
    """The stage that a deal comes back to, held."""
    stage = deal.stage
    if not stage.is_deleted:
        return stage_for(deal.organization_id, pipeline_id=None, stage_id=stage.pk)
    living = None if deal.pipeline.is_deleted else deal.pipeline_id
    return stage_for(deal.organization_id, pipeline_id=living, stage_id=None)


def _demand_sound(deal: Deal, parts: DealParts, *, entered: bool, changed: Any) -> None:
    """Check the deal as it will be; its value becomes the sum of its lines. Raises InvalidInput."""
    more = list(parts.settle(deal))
    if not any(item.field.startswith("lines.") for item in more):
        try:
            total = parts.sum(deal)
            deal.value_amount = total if total is not None else deal.value_amount
        except AmountOutOfRange as refusal:
            more.append(FieldError("lines", refusal.code, refusal.detail))
            deal.value_amount = Decimal(0)  # it is not stored, and nobody is told that it is missing as well
    more += [*_half_values(deal), *unknown_currencies(deal, "value_currency", among=changed)]
    asked = None if entered else {*changed, *parts.given}
    if deal.stage.required_fields:
        more += demanded(deal.stage, facts(deal, parts), among=asked)
    demand_valid(deal, FIELDS, more=more)
    validate_references([deal])


def _half_values(deal: Deal) -> list[FieldError]:
    if (deal.value_amount is not None) == bool(deal.value_currency):
        return []
    empty = "value_currency" if deal.value_amount is not None else "value_amount"
    return [FieldError(empty, INCOMPLETE, _("An amount and its currency belong together."))]


def facts(deal: Deal, parts: DealParts | None = None) -> dict[str, Any]:
    """What a stage may demand, by name: the deal's own values, and who will be part of it."""
    parts, is_new = parts or DealParts(), deal._state.adding
    people, companies = parts.people, parts.companies
    if people is None:
        people = () if is_new else list(seen_people([deal.pk]).values("person_id"))
    if companies is None:
        companies = () if is_new else list(seen_companies([deal.pk]).values("company_id"))
    own = {name: getattr(deal, name) for name in ("description", "value_amount", "expected_close_on")}
    return {
        **own,
        "owner_id": deal.owner_id,
        "source_id": deal.source_id,
        "people": [item for item in people if not item.get("deleted")],
        "companies": [item for item in companies if not item.get("deleted")],
    }
