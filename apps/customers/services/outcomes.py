"""How deals go on and end: moved to another stage, won, lost, opened again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.customers.errors import DealOpen
from apps.customers.events import DEAL_LOST, DEAL_REOPENED, DEAL_WON
from apps.customers.features import MANAGE_DEALS
from apps.customers.models import Deal, Outcome
from apps.customers.notifications import DEAL_LOST_NOTICE, DEAL_WON_NOTICE
from apps.customers.services.deal_places import demanded, note_visit, place, stage_for
from apps.customers.services.deal_worth import worded_value
from apps.customers.services.deals import PLACE, demand_open, facts, new_deal
from apps.customers.services.pipelines import example_stages
from apps.customers.services.topics import subject_of_deal, those_who_see
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import InvalidInput
from apps.kernel.ports import Notifier
from apps.kernel.references.validation import validate_references
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope

ENDING = ("outcome", "closed_at", "loss_reason_id", "loss_notes")


def _some_deal(scope: Scope) -> dict[str, Any]:
    return {"deal_id": new_deal(scope).pk}


def _moved_deal(scope: Scope) -> dict[str, Any]:
    deal = new_deal(scope)
    return {"deal_id": deal.pk, "stage_id": example_stages(deal.pipeline)[1].pk}


def _lost_deal(scope: Scope) -> dict[str, Any]:
    return {**_some_deal(scope), "loss_notes": "They build their own engines."}


def _won_deal(scope: Scope) -> dict[str, Any]:
    found = _some_deal(scope)
    win_deal(**found)
    return found


@command("customers.deal.move", feature=MANAGE_DEALS, example=_moved_deal)
def move_deal(deal_id: UUID, *, stage_id: UUID, pipeline_id: UUID | None = None) -> Deal:
    """Bring an open deal to another stage, of its own or another pipeline; where it is already nothing happens.

    `pipeline_id` only says what the stage must belong to. Raises RowNotFound, DealClosed, and InvalidInput for a
    stage that is not there or not of that pipeline, and with a complaint for each field that the stage demands.
    """
    deal = load_living(Deal, deal_id)
    demand_open(deal)
    former = deal.stage
    stage = stage_for(deal.organization_id, pipeline_id=pipeline_id, stage_id=stage_id)
    if stage.pk == former.pk:
        return deal
    if complaints := tuple(demanded(stage, facts(deal))):
        raise InvalidInput(errors=complaints)
    place(deal, stage, clock.now())
    deal.save(update_fields=[*PLACE, "version"])
    note_visit(deal, former=former)
    return deal


@command("customers.deal.win", feature=MANAGE_DEALS, example=_some_deal)
def win_deal(deal_id: UUID) -> Deal:
    """Close an open deal as won, and tell its owner. Raises RowNotFound, DealClosed."""
    deal = load_living(Deal, deal_id)
    _end(deal, Outcome.WON)
    DEAL_WON.emit(
        organization_id=deal.organization_id,
        resource_id=deal.pk,
        title=deal.title,
        value_amount=_as_text(deal.value_amount),
        value_currency=deal.value_currency,
        base_amount=_as_text(deal.base_amount),
        base_currency=deal.base_currency,
    )
    _tell_owner(deal, DEAL_WON_NOTICE)
    return deal


@command("customers.deal.lose", feature=MANAGE_DEALS, example=_lost_deal)
def lose_deal(deal_id: UUID, *, loss_reason_id: UUID | None = None, loss_notes: str = "") -> Deal:
    """Close an open deal as lost, and tell its owner. Raises RowNotFound, DealClosed, InvalidInput."""
    deal = load_living(Deal, deal_id)
    deal.loss_reason_id, deal.loss_notes = loss_reason_id, loss_notes
    demand_valid(deal, ("loss_notes",))
    validate_references([deal])
    _end(deal, Outcome.LOST)
    DEAL_LOST.emit(
        organization_id=deal.organization_id, resource_id=deal.pk, title=deal.title, loss_reason_id=loss_reason_id
    )
    _tell_owner(deal, DEAL_LOST_NOTICE, reason=_reason(loss_reason_id))
    return deal


@command("customers.deal.reopen", feature=MANAGE_DEALS, example=_won_deal)
def reopen_deal(deal_id: UUID) -> Deal:
    """Open a closed deal again, in the stage that it was in. Raises RowNotFound, DealOpen."""
    deal = load_living(Deal, deal_id)
    if deal.outcome == Outcome.OPEN:
        raise DealOpen
    former = deal.outcome
    deal.outcome, deal.closed_at, deal.loss_reason_id, deal.loss_notes = Outcome.OPEN, None, None, ""
    deal.save(update_fields=[*ENDING, "version"])
    DEAL_REOPENED.emit(organization_id=deal.organization_id, resource_id=deal.pk, outcome=str(former))
    return deal


def _end(deal: Deal, outcome: Outcome) -> None:
    demand_open(deal)
    deal.outcome, deal.closed_at = outcome, clock.now()
    deal.save(update_fields=[*ENDING, "version"])


def _tell_owner(deal: Deal, kind: str, *, reason: str = "") -> None:
    readers = those_who_see(subject_of_deal(deal), () if deal.owner_id is None else (deal.owner_id,))
    variables = {"title": deal.title, "value": worded_value(deal), "reason": reason}
    service(Notifier).notify(kind, readers, variables, about=(Deal.entity_id, deal.pk))


def _reason(entry_id: UUID | None) -> str:
    found = None if entry_id is None else service(DictionaryBook).entry(entry_id)
    return "" if found is None else found.label


def _as_text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
