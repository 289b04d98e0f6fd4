"""Changes of many prices at once: tried before, and made as one action with one undo."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.catalog.calculations.changes import TOO_LARGE, PlannedPrice, PriceChange, impossible, planned, seen_of
from apps.catalog.errors import NoPricesChosen, PriceChangedSince, PricesImpossible, TooManyPrices
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Price
from apps.catalog.selectors.price_choice import (
    ChosenPrice,
    PriceChoice,
    chosen_prices,
    living_products,
    read_chosen,
)
from apps.catalog.services.price_drafts import hold_products
from apps.catalog.services.price_renewing import Latter, Renewal, Watch, renew
from apps.catalog.services.price_settling import untimely
from apps.catalog.services.prices import new_price
from apps.kernel import clock
from apps.kernel.bases.bitemporal import SHORTEST
from apps.kernel.commands.declarations import command
from apps.kernel.commands.inputs import Unkept
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope

MOST_CHANGED = 10_000
ONE_WAY = "catalog.price_change.one_way"
NO_WAY = "catalog.price_change.out_of_range"
IN_PAST = "catalog.price_change.in_past"
MOST_PERCENT = Decimal(10_000)
LEAST_PERCENT = Decimal(-100)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: the prices that it is about, and what becomes of those that become others."""

    chosen: tuple[ChosenPrice, ...]
    plan: tuple[PlannedPrice, ...]
    impossible: tuple[PlannedPrice, ...]

    @property
    def seen(self) -> str:
        """By what somebody says that they have seen it."""
        return seen_of(self.plan)

    def shown(self, most: int) -> list[tuple[PlannedPrice, Price]]:
        """The first of the plan with their rows, those that are impossible before all others; one query."""
        possible = (item for item in self.plan if item.is_possible)
        first = list(islice((*self.impossible, *possible), most))
        rows = Price.objects.in_bulk([item.id for item in first])
        return [(item, rows[item.id]) for item in first]


@dataclass(frozen=True, slots=True)
class ChangeWay(Unkept):
    """How a change is made.

    `seen` is the digest of the preview that was agreed to ("": none was). `asked_at` is when somebody asked for it,
    None for now. `watch` is told how many of the prices are done, and may raise to stop.
    """

    seen: str = ""
    asked_at: datetime | None = None
    watch: Watch | None = None


AT_ONCE = ChangeWay()


def preview_change(choice: PriceChoice, change: PriceChange, *, valid_from: datetime | None = None) -> Preview:
    """What `change_prices` would do with the same arguments; writes and locks nothing.

    Raises InvalidInput for a change that is none, TooManyPrices.
    """
    _demand_sound(change, valid_from, clock.now())
    rows = _read(choice, valid_from)
    return _preview(rows, living_products(item.product_id for item in rows), change, valid_from)


def feasible_change(
    choice: PriceChoice, change: PriceChange, *, valid_from: datetime | None, way: ChangeWay
) -> Preview:
    """The same for a change that is to be made. Raises PricesImpossible, NoPricesChosen, PriceChangedSince as well."""
    preview = preview_change(choice, change, valid_from=valid_from)
    _demand_feasible(preview, way)
    return preview


def _example(scope: Scope) -> dict[str, Any]:
    price = new_price(scope, valid_from=datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    return {"choice": PriceChoice(kind_id=price.kind_id), "change": PriceChange(percent=Decimal(5))}


@command("catalog.price.change", feature=MANAGE_PRICING, bulk=True, example=_example)
def change_prices(
    *, choice: PriceChoice, change: PriceChange, valid_from: datetime | None = None, way: ChangeWay = AT_ONCE
) -> int:
    """Change the amounts of the chosen prices, all of them or none, as one action.

    From `valid_from` on (now or later) the new amounts count, and until then the old ones; without it prices that are
    not over yet are corrected for their whole period, and what was known of them stays on record. Says how many
    prices have new amounts. Raises InvalidInput, TooManyPrices, PricesImpossible, NoPricesChosen, and
    PriceChangedSince where something else would be done than was seen.
    """
    _demand_sound(change, valid_from, way.asked_at or clock.now())
    products = _chosen(choice, valid_from).order_by().values_list("product_id", flat=True)
    held = hold_products(products.distinct())
    preview = _preview(_read(choice, valid_from), held, change, valid_from)
    _demand_feasible(preview, way)
    rows = {item.point.id: item for item in preview.chosen}
    changed = [rows[item.id] for item in preview.plan]
    moment = max(clock.now(), *(item.known_from + SHORTEST for item in changed))
    renewals = [_renewal(row, item) for row, item in zip(changed, preview.plan, strict=True)]
    renew(renewals, moment=moment, watch=way.watch)
    return len(renewals)


def _read(choice: PriceChoice, valid_from: datetime | None) -> list[ChosenPrice]:
    rows = read_chosen(_chosen(choice, valid_from)[: MOST_CHANGED + 1])
    if len(rows) > MOST_CHANGED:
        raise TooManyPrices(count=_chosen(choice, valid_from).count(), most=MOST_CHANGED)
    return rows


def _preview(
    rows: list[ChosenPrice], products: Collection[UUID], change: PriceChange, valid_from: datetime | None
) -> Preview:
    chosen = tuple(item for item in rows if item.product_id in products)
    plan = planned((item.point for item in chosen), change, valid_from=valid_from)
    return Preview(chosen, tuple(plan), tuple(impossible(plan)))


def _demand_feasible(preview: Preview, way: ChangeWay) -> None:
    if way.seen and way.seen != preview.seen:
        raise PriceChangedSince
    if preview.impossible:
        raise PricesImpossible(count=len(preview.impossible))
    if not preview.plan:
        raise NoPricesChosen


def _chosen(choice: PriceChoice, valid_from: datetime | None) -> models.QuerySet[Price]:
    """What is over stays what it was, whether a day is given or not."""
    return chosen_prices(choice, valid_from=valid_from or clock.now())


def _renewal(row: ChosenPrice, item: PlannedPrice) -> Renewal:
    """The price with its new amount; of the former one is left what lies outside of the period."""
    rest = (Latter(item.old, period) for period in row.point.valid.without(item.valid))
    return Renewal(item.id, (*rest, Latter(item.new, item.valid)))


def _demand_sound(change: PriceChange, valid_from: datetime | None, asked_at: datetime) -> None:
    complaints = tuple(_complaints(change, valid_from, asked_at))
    if complaints:
        raise InvalidInput(errors=complaints)


def _complaints(change: PriceChange, valid_from: datetime | None, asked_at: datetime) -> Iterator[FieldError]:
    ways = [item for item in (change.percent, change.amount, change.round_to, change.ending) if item is not None]
    if (change.percent is not None and change.amount is not None) or not ways:
        yield FieldError("percent", ONE_WAY, _("Give a percentage or an amount, or how prices are rounded."))
    if change.percent is not None and not LEAST_PERCENT <= change.percent <= MOST_PERCENT:
        yield FieldError("percent", NO_WAY, _("A percentage lies between -100 and 10,000."))
    if change.amount is not None and abs(change.amount) >= TOO_LARGE:
        yield FieldError("amount", NO_WAY, _("This amount is too large."))
    if change.round_to is not None and not 0 < change.round_to < TOO_LARGE:
        yield FieldError("round_to", NO_WAY, _("Prices are rounded to multiples of more than zero."))
    if change.ending is not None and not 0 <= change.ending < (change.round_to or 1):
        yield FieldError("ending", NO_WAY, _("An ending is less than what prices are rounded to."))
    yield from untimely(valid_from, None)
    if valid_from is not None and valid_from < asked_at:
        yield FieldError("valid_from", IN_PAST, _("This lies in the past. What was valid then stays on record."))
