"""Changes of many prices at once: tried before, and made as one action with one undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from apps.catalog.calculations.changes import TOO_LARGE, PlannedPrice, PriceChange, impossible, planned
from apps.catalog.calculations.periods import Period
from apps.catalog.errors import NoPricesChosen, PricesImpossible, TooManyPrices
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Price
from apps.catalog.selectors.price_choice import PriceChoice, chosen_prices, of_living_products, points_of
from apps.catalog.selectors.prices import range_of
from apps.catalog.services.price_drafts import locked_products
from apps.catalog.services.price_settling import untimely
from apps.catalog.services.price_writing import Replacing, copied, write
from apps.catalog.services.prices import new_price
from apps.kernel import clock
from apps.kernel.commands.declarations import command
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
    """What a change would do: the rows that it is about, and what becomes of those that become others."""

    rows: dict[Any, Price]
    plan: tuple[PlannedPrice, ...]
    impossible: tuple[PlannedPrice, ...]


def preview_change(choice: PriceChoice, change: PriceChange, *, valid_from: datetime | None = None) -> Preview:
    """What `change_prices` would do with the same arguments; writes and locks nothing.

    Raises InvalidInput for a change that is none, TooManyPrices.
    """
    _demand_sound(change, valid_from)
    return _preview(choice, change, valid_from)


def _example(scope: Scope) -> dict[str, Any]:
    price = new_price(scope, valid_from=datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    return {"choice": PriceChoice(kind_id=price.kind_id), "change": PriceChange(percent=Decimal(5))}


@command("catalog.price.change", feature=MANAGE_PRICING, bulk=True, example=_example)
def change_prices(*, choice: PriceChoice, change: PriceChange, valid_from: datetime | None = None) -> list[Price]:
    """Change the amounts of the chosen prices, all of them or none, as one action.

    From `valid_from` on (now or later) the new amounts count, and until then the old ones; without it prices that are
    not over yet are corrected for their whole period, and what was known of them stays on record. Returns the rows
    with new amounts. Raises InvalidInput, TooManyPrices, PricesImpossible, NoPricesChosen.
    """
    _demand_sound(change, valid_from)
    chosen = _chosen(choice, valid_from).order_by().values_list("product_id", flat=True)
    locked_products(chosen.distinct())
    preview = _preview(choice, change, valid_from)
    if preview.impossible:
        raise PricesImpossible(count=len(preview.impossible))
    if not preview.plan:
        raise NoPricesChosen
    replacing = Replacing()
    news = [_changed(replacing, preview.rows[item.id], item) for item in preview.plan]
    replacing.latter += news
    write(replacing)
    return news


def _preview(choice: PriceChoice, change: PriceChange, valid_from: datetime | None) -> Preview:
    rows = list(_chosen(choice, valid_from)[: MOST_CHANGED + 1])
    if len(rows) > MOST_CHANGED:
        raise TooManyPrices(count=_chosen(choice, valid_from).count(), most=MOST_CHANGED)
    rows = of_living_products(rows)
    plan = planned(points_of(rows), change, valid_from=valid_from)
    return Preview({row.pk: row for row in rows}, tuple(plan), tuple(impossible(plan)))


def _chosen(choice: PriceChoice, valid_from: datetime | None) -> models.QuerySet[Price]:
    """What is over stays what it was, whether a day is given or not."""
    return chosen_prices(choice, valid_from=valid_from or clock.now())


def _changed(replacing: Replacing, row: Price, item: PlannedPrice) -> Price:
    """The row with its new amount; of the former one is left what lies outside of the period."""
    replacing.cut(row, Period(*item.valid))
    return copied(row, amount=item.new, valid=range_of(item.valid))


def _demand_sound(change: PriceChange, valid_from: datetime | None) -> None:
    complaints = tuple(_complaints(change, valid_from))
    if complaints:
        raise InvalidInput(errors=complaints)


def _complaints(change: PriceChange, valid_from: datetime | None) -> Iterator[FieldError]:
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
    if valid_from is not None and valid_from < clock.now():
        yield FieldError("valid_from", IN_PAST, _("This lies in the past. What was valid then stays on record."))
