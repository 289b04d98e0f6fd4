"""The board of a pipeline: its stages as lanes, with the open deals that are in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from apps.customers.calculations.kpis import (
    DealSum,
    Figures,
    base_of,
    figures_of,
    totals_by_currency,
    unvalued_currencies,
)
from apps.customers.models import Deal, Outcome, Pipeline, Stage
from apps.customers.selectors.deal_sums import Asked, living_deals, sums_by
from apps.customers.selectors.deals import is_overdue, is_stale, living_stages, seen_companies, seen_people
from apps.customers.selectors.kpis import tenant_profile, today_in, zone_of
from apps.directory.contracts import TenantProfile
from apps.kernel import clock
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.naming import told_apart
from apps.kernel.tenancy.scope import current_scope

CARDS: Final = 20
MOST_CARDS: Final = 200
USER: Final = "auth.user"
# Soonest first, deals without a day last.
ORDER: Final = (F("expected_close_on").asc(nulls_last=True), F("pk").asc())
COLUMNS: Final = (
    "id",
    "version",
    "title",
    "stage_id",
    "stage_since",
    "value_amount",
    "value_currency",
    "base_amount",
    "base_currency",
    "probability",
    "expected_close_on",
    "owner_id",
)
Named = tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as it stands on the board. `people` and `companies` are those whom the actor may see."""

    id: UUID
    version: int
    title: str
    stage_id: UUID
    stage_since: datetime
    value_amount: Decimal | None
    value_currency: str
    base_amount: Decimal | None
    base_currency: str
    probability: int | None
    expected_close_on: date | None
    owner_id: UUID | None
    is_stale: bool
    is_overdue: bool
    days_in_stage: int
    owner: str = ""
    people: Named = ()
    companies: Named = ()

    @property
    def place(self) -> str:
        """Where it stands in its lane: what comes behind it is asked for by this."""
        return f"{self.expected_close_on or ''}~{self.id}"


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage with its deals: figures of all of them, cards of the first ones. `next` is "" where there are no more."""

    stage: Stage
    figures: Figures
    totals: dict[str, Decimal]
    cards: Sequence[Card] = ()

    @property
    def next(self) -> str:
        """Behind which card the others stand."""
        return self.cards[-1].place if 0 < len(self.cards) < self.figures.count else ""


@dataclass(frozen=True, slots=True)
class Board:
    """Lanes in the order of the stages. `owners` are all who look after open deals of the pipeline, by name."""

    pipeline_id: UUID | None
    lanes: Sequence[Lane]
    base_currency: str
    whole: Figures
    missing_rate_currencies: Sequence[str]
    owners: Sequence[tuple[UUID, str]]


def board(pipeline_id: UUID | None, *, owner_id: UUID | None = None, cards: int = CARDS) -> Board:
    """Open deals of the pipeline (None: nothing) by stage, all or those of one owner; seven queries.

    Restricted deals of others are in no card and no sum.
    """
    open_deals = living_deals(Asked(pipeline_id)).filter(outcome=Outcome.OPEN)
    if pipeline_id is None:
        open_deals = open_deals.none()
    by_owner = sums_by(open_deals, "stage_id", "owner_id")
    sums, profile = _of_owner(by_owner, owner_id), tenant_profile()
    base = base_of(chain.from_iterable(by_owner.values()), usual=profile.base_currency)
    owners = _owner_labels(owner for _stage, owner in by_owner)
    rows = open_deals if owner_id is None else open_deals.filter(owner_id=owner_id)
    shown = _completed(_first_of_each_lane(rows, cards, profile), owners)
    every, stages = list(chain.from_iterable(sums.values())), living_stages([pipeline_id] if pipeline_id else [])
    return Board(
        pipeline_id=pipeline_id,
        lanes=[_lane(stage, sums.get(stage.pk, []), shown, base) for stage in stages],
        base_currency=base,
        whole=figures_of(every, base),
        missing_rate_currencies=unvalued_currencies(every, base),
        owners=sorted(owners.items(), key=lambda item: item[1].casefold()),
    )


def _lane(stage: Stage, sums: Sequence[DealSum], cards: Iterable[Card], base: str) -> Lane:
    own = [card for card in cards if card.stage_id == stage.pk]
    return Lane(stage, figures_of(sums, base), totals_by_currency(sums), own)


def further_cards(asked: Asked, stage_id: UUID, *, after: str, cards: int = CARDS) -> tuple[list[Card], str]:
    """Cards of one lane behind a place, and the place behind which still more stand ("" for none).

    Raises ValueError for what is no place.
    """
    open_deals = living_deals(asked).filter(outcome=Outcome.OPEN, stage_id=stage_id)
    rows = _marked(open_deals.filter(_behind(after)), tenant_profile()).order_by(*ORDER)
    found = _cards(rows[: cards + 1])
    shown = _completed(found[:cards], _owner_labels(card.owner_id for card in found[:cards]))
    return shown, shown[-1].place if len(found) > cards else ""


def _of_owner(by_owner: dict[Any, list[DealSum]], owner_id: UUID | None) -> dict[UUID, list[DealSum]]:
    """Sums by stage: those of one owner, or of all."""
    found: dict[UUID, list[DealSum]] = {}
    for (stage_id, owner), sums in by_owner.items():
        if owner_id in {None, owner}:
            found.setdefault(stage_id, []).extend(sums)
    return found


def _first_of_each_lane(rows: QuerySet[Deal], cards: int, profile: TenantProfile) -> list[Card]:
    """The first deals of all lanes in one query: the database numbers those of each stage."""
    number = Window(RowNumber(), partition_by=[F("stage_id")], order_by=list(ORDER))
    numbered = _marked(rows, profile).annotate(number=number)
    return _cards(numbered.filter(number__lte=cards).order_by("stage_id", "number"))


def _marked(rows: QuerySet[Deal], profile: TenantProfile) -> QuerySet[Any]:
    """The deals with what has to be looked at: too long in their stage, expected to be closed by now."""
    today = today_in(zone_of(profile))
    return rows.annotate(is_stale=_says(is_stale(clock.now())), is_overdue=_says(is_overdue(today)))


def _says(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _behind(place: str) -> Q:
    """Deals that stand behind a place of the order. Raises ValueError for what is no place."""
    day, _mark, last = place.partition("~")
    later = Q(pk__gt=UUID(last))
    if not day:
        return Q(expected_close_on__isnull=True) & later
    on = date.fromisoformat(day)
    return Q(expected_close_on__gt=on) | (Q(expected_close_on=on) & later) | Q(expected_close_on__isnull=True)


def _cards(rows: QuerySet[Any]) -> list[Card]:
    """Cards without names."""
    now = clock.now()
    return [
        Card(**row, days_in_stage=max(0, (now - row["stage_since"]).days))
        for row in rows.values(*COLUMNS, "is_stale", "is_overdue")
    ]


def _completed(cards: Sequence[Card], owners: Mapping[UUID, str]) -> list[Card]:
    """The cards with names of owners, people and companies; two queries."""
    ids = [card.id for card in cards]
    people = _named(seen_people(ids).values_list("deal_id", "person_id", "person__display_name"))
    companies = _named(seen_companies(ids).values_list("deal_id", "company_id", "company__display_name"))
    return [
        replace(
            card,
            owner=owners.get(card.owner_id, "") if card.owner_id else "",
            people=tuple(people.get(card.id, ())),
            companies=tuple(companies.get(card.id, ())),
        )
        for card in cards
    ]


def _named(rows: Iterable[tuple[UUID, UUID, str]]) -> dict[UUID, list[tuple[UUID, str]]]:
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for deal_id, record_id, name in rows:
        found.setdefault(deal_id, []).append((record_id, name))
    return found


def _owner_labels(owners: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of users, as far as they are to be seen; nothing where nobody keeps users."""
    kind, ids = ENTITIES.get(USER), {owner for owner in owners if owner is not None}
    return kind.labels(ids) if kind is not None and ids else {}


def pipelines_to_show() -> list[Pipeline]:
    """Living pipelines of the scope in their order; one query."""
    return list(Pipeline.objects.filter(deleted_at__isnull=True).order_by("position", "name", "pk"))


def pipeline_names(pipelines: Iterable[Pipeline]) -> dict[UUID, str]:
    """Names by id; several of one name are told apart by their organizations, which takes one query."""
    return told_apart((item.pk, item.name, item.organization_id) for item in pipelines)


def pipeline_among(pipelines: Sequence[Pipeline], pipeline_id: UUID | None) -> Pipeline | None:
    """The one that is asked for, without an id the default one of the organization, else the first; None for none."""
    if pipeline_id is not None:
        return next((item for item in pipelines if item.pk == pipeline_id), None)
    own = current_scope().organization_id
    return min(pipelines, key=lambda item: (item.organization_id != own, not item.is_default), default=None)
