"""Many prices as one action: set what a list of drafts says, and replace the tiers of one scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations.tiers import filled, is_finer, twice
from apps.catalog.errors import PriceChangedSince
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Price
from apps.catalog.selectors.prices import Rank, period_of, prices_of_today, rank_of
from apps.catalog.services.example_rows import example_product
from apps.catalog.services.price_drafts import PriceDraft, example_currency, locked_products
from apps.catalog.services.price_kinds import new_kind
from apps.catalog.services.price_settling import NOT_POSITIVE, settle
from apps.catalog.services.price_writing import (
    Replacing,
    costs_the_same,
    demand_apart,
    neighbours,
    says_the_same,
    write,
)
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope

MOST_PRICES = 1000
MOST_TIERS = 100
SAME_MINIMUM = "catalog.price.tier_twice"
TOO_FINE = "catalog.price.tier_too_fine"
NONE_GIVEN = "catalog.price.none_given"


OF_TIER = frozenset({"amount", "min_quantity", "max_quantity"})


@dataclass(frozen=True, slots=True)
class Tier:
    """What a base unit costs from so many on."""

    min_quantity: Decimal
    amount: Decimal


def _some_prices(scope: Scope) -> dict[str, Any]:
    product, kind = example_product(), new_kind()
    common: dict[str, Any] = {"product_id": product.pk, "kind_id": kind.pk, "currency": example_currency(scope)}
    return {
        "prices": [
            PriceDraft(**common, amount=Decimal("19.99"), max_quantity=Decimal(9)),
            PriceDraft(**common, amount=Decimal("17.99"), min_quantity=Decimal(10)),
        ]
    }


def _some_tiers(scope: Scope) -> dict[str, Any]:
    common = {"product_id": example_product().pk, "kind_id": new_kind().pk, "currency": example_currency(scope)}
    set_prices(prices=[PriceDraft(**common, amount=Decimal(20))])  # type: ignore[arg-type]
    return {
        "scope": PriceDraft(**common),  # type: ignore[arg-type]
        "tiers": [Tier(Decimal(1), Decimal(19)), Tier(Decimal(10), Decimal(17))],
    }


@command("catalog.price.set", feature=MANAGE_PRICING, bulk=True, example=_some_prices)
def set_prices(*, prices: Sequence[PriceDraft] = (), closed: Sequence[UUID] = ()) -> list[Price]:
    """Let prices be what is given, and those in `closed` count no longer, as one action.

    A draft about the same quantities and period as a price of equal rank corrects it; what is known already stays.
    Returns the rows that became known, at most one for each draft. Raises InvalidInput with every complaint at
    `prices.<index>`, PricesOverlap, PriceChangedSince for prices that no longer count.
    """
    if not prices and not closed:
        raise InvalidInput(errors=(FieldError("prices", NONE_GIVEN, _("Name at least one price.")),))
    locked_products({*_products_of(closed), *(draft.product_id for draft in prices)})
    rows = settle(prices, place=_placed)
    around = neighbours(rows)
    change = Replacing()
    change.drop(_counting(closed))
    _demand_present(prices, around)
    for row in _news(rows, around, change):
        change.latter.append(row)
    staying = {rank: [row for row in found if row.pk not in change.former] for rank, found in around.items()}
    demand_apart(rows, _without_corrected(rows, staying), place=_placed)
    return write(change)


@command("catalog.price.set_tiers", feature=MANAGE_PRICING, bulk=True, example=_some_tiers)
def set_tiers(*, scope: PriceDraft, tiers: Sequence[Tier]) -> list[Price]:
    """Replace all tiers of one scope in the scope's period (always, where it has none); no tiers leave none there.

    `scope` says for what, whom and when; its own amounts and quantities are not looked at. A tier ends one unit of the
    last place of the product's quantities before the next one begins. What is valid outside of the period stays.
    Raises InvalidInput with every complaint at its field, those of a tier at `tiers.<index>`.
    """
    products = locked_products([scope.product_id])
    places = products[scope.product_id].rounding_places if products else 0
    _demand_tiers(tiers, places=places)
    ends = dict(filled((tier.min_quantity for tier in tiers), places=places))
    # One row stands for the scope where there is no tier: it says which rank is meant, and is not written.
    drafts = [
        replace(
            scope,
            amount=tier.amount,
            net=None,
            gross=None,
            min_quantity=tier.min_quantity,
            max_quantity=ends[tier.min_quantity],
        )
        for tier in tiers
    ] or [replace(scope, amount=Decimal(0), net=None, gross=None)]
    rows = _settled_tiers(drafts)
    change, period = Replacing(), period_of(rows[0])
    for row in neighbours(rows).get(rank_of(rows[0]), ()):
        if period_of(row).overlaps(period):
            change.cut(row, period)
    change.latter += rows if tiers else []
    return write(_settled(change))


def _placed(index: int) -> str:
    return f"prices.{index}."


def _tier_placed(index: int) -> str:
    return f"tiers.{index}."


def _settled_tiers(drafts: Sequence[PriceDraft]) -> list[Price]:
    """The rows; what is wrong with the scope is said once, and not at each tier."""
    try:
        return settle(drafts, place=_tier_placed)
    except InvalidInput as refusal:
        raise InvalidInput(errors=tuple(dict.fromkeys(map(_of_scope, refusal.errors)))) from refusal


def _of_scope(complaint: FieldError) -> FieldError:
    name = complaint.field.split(".", 2)[-1]
    return complaint if name in OF_TIER else replace(complaint, field=name)


def _products_of(price_ids: Sequence[UUID]) -> Iterable[UUID]:
    return Price.objects.filter(pk__in=price_ids).values_list("product_id", flat=True) if price_ids else ()


def _counting(price_ids: Sequence[UUID]) -> list[Price]:
    """The prices of today with these ids, locked. Raises PriceChangedSince where one is none."""
    if not price_ids:
        return []
    rows = prices_of_today().filter(pk__in=price_ids).order_by("pk")
    found = list(rows.select_for_update(no_key=True, of=("self",)))
    if len(found) != len(set(price_ids)):
        raise PriceChangedSince
    return found


def _demand_present(prices: Sequence[PriceDraft], around: dict[Rank, list[Price]]) -> None:
    known = {row.pk for found in around.values() for row in found}
    if any(draft.replaces is not None and draft.replaces not in known for draft in prices):
        raise PriceChangedSince


def _news(rows: Sequence[Price], around: dict[Rank, list[Price]], change: Replacing) -> Iterator[Price]:
    """Rows that say something new; what they correct is dropped, of equal ones the last counts."""
    latest: dict[tuple[Any, ...], Price] = {}
    for row in rows:
        latest[rank_of(row), row.min_quantity, row.max_quantity, period_of(row)] = row
    for row in latest.values():
        former = next((item for item in around.get(rank_of(row), ()) if says_the_same(item, row)), None)
        if former is not None and former.pk not in change.former and costs_the_same(former, row):
            continue
        change.drop([former] if former is not None else [])
        yield row


def _without_corrected(rows: Sequence[Price], staying: dict[Rank, list[Price]]) -> dict[Rank, list[Price]]:
    """What stays, without prices that a row repeats to the letter: these are no overlap."""
    return {
        rank: [item for item in found if not any(says_the_same(item, row) for row in rows if rank_of(row) == rank)]
        for rank, found in staying.items()
    }


def _settled(change: Replacing) -> Replacing:
    """The same change without rows that would only take the place of their likes."""
    for row in list(change.latter):
        like = next(
            (
                item
                for item in change.former.values()
                if rank_of(item) == rank_of(row) and says_the_same(item, row) and costs_the_same(item, row)
            ),
            None,
        )
        if like is not None:
            change.latter.remove(row)
            del change.former[like.pk]
    return change


def _demand_tiers(tiers: Sequence[Tier], *, places: int) -> None:
    minima = [tier.min_quantity for tier in tiers]
    complaints = [
        FieldError(f"tiers.{index}.min_quantity", SAME_MINIMUM, _("Another tier begins at the same quantity."))
        for index in twice(minima)
    ]
    for index, minimum in enumerate(minima):
        if minimum <= 0:
            text = _("Quantities begin above zero.")
            complaints.append(FieldError(f"tiers.{index}.min_quantity", NOT_POSITIVE, text))
        elif is_finer(minimum, places=places):
            text = _("Quantities of this product have at most %(places)s places.") % {"places": places}
            complaints.append(FieldError(f"tiers.{index}.min_quantity", TOO_FINE, text))
    if complaints:
        raise InvalidInput(errors=tuple(complaints))
