"""One price: setting it, correcting it, and saying that it no longer counts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Price
from apps.catalog.selectors.prices import RANK
from apps.catalog.services.example_rows import example_product
from apps.catalog.services.price_drafts import ONE, PriceDraft, example_currency, locked_products
from apps.catalog.services.price_kinds import new_kind
from apps.catalog.services.price_settling import settle
from apps.catalog.services.price_writing import (
    Replacing,
    costs_the_same,
    demand_apart,
    neighbours,
    says_the_same,
    write,
)
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.running import about
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import Scope


def _new_price(scope: Scope) -> dict[str, Any]:
    return {
        "product_id": example_product().pk,
        "kind_id": new_kind().pk,
        "currency": example_currency(scope),
        "amount": Decimal("19.99"),
    }


def new_price(scope: Scope, **values: Any) -> Price:
    """A price for examples."""
    return create_price(**{**_new_price(scope), **values})


def _some_price(scope: Scope) -> dict[str, Any]:
    return {"price_id": new_price(scope).pk}


def _corrected_price(scope: Scope) -> dict[str, Any]:
    return {**_some_price(scope), "amount": Decimal("17.99")}


@command("catalog.price.create", feature=MANAGE_PRICING, example=_new_price)
def create_price(  # noqa: PLR0913 - one for each column
    *,
    product_id: UUID,
    kind_id: UUID,
    currency: str = "",
    amount: Decimal | None = None,
    net: Decimal | None = None,
    gross: Decimal | None = None,
    includes_tax: bool | None = None,
    variant_id: UUID | None = None,
    offer_id: UUID | None = None,
    price_list_id: UUID | None = None,
    min_quantity: Decimal = ONE,
    max_quantity: Decimal | None = None,
    channel_id: UUID | None = None,
    customer_id: UUID | None = None,
    customer_group_id: UUID | None = None,
    user_id: UUID | None = None,
    user_group_id: UUID | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Price:
    """Set a price; what each argument means says `PriceDraft`.

    Raises InvalidInput with all complaints, PricesOverlap.
    """
    rows = settle([PriceDraft(**locals())], place=_at_once)
    demand_apart(rows, neighbours(rows), place=_at_once)
    [price] = write(Replacing(latter=rows))
    return price


@command("catalog.price.correct", feature=MANAGE_PRICING, example=_corrected_price)
def correct_price(
    price_id: UUID,
    *,
    amount: Decimal | Unchanged | None = UNCHANGED,
    net: Decimal | Unchanged | None = UNCHANGED,
    gross: Decimal | Unchanged | None = UNCHANGED,
    includes_tax: bool | Unchanged | None = UNCHANGED,
    min_quantity: Decimal | Unchanged = UNCHANGED,
    max_quantity: Decimal | Unchanged | None = UNCHANGED,
    valid_from: datetime | Unchanged | None = UNCHANGED,
    valid_until: datetime | Unchanged | None = UNCHANGED,
) -> Price:
    """Replace a price by what it is from now on known to be; what was known before stays on record.

    What it is the price of, and for whom, stays. Returns the new row, which has an id of its own; where nothing is
    another, the row that is there. Raises RowNotFound for a price that no longer counts, InvalidInput, PricesOverlap.
    """
    given = {name: value for name, value in locals().items() if name != "price_id" and value is not UNCHANGED}
    former = price_for_update(price_id)
    rows = settle([_draft_of(former, given)], place=_at_once)
    [row] = rows
    if says_the_same(row, former) and costs_the_same(row, former):
        return former
    around = neighbours(rows)
    others = {rank: [item for item in found if item.pk != former.pk] for rank, found in around.items()}
    demand_apart(rows, others, place=_at_once)
    change = Replacing(latter=rows)
    change.drop([former])
    [price] = write(change)
    about(price)
    return price


@command("catalog.price.close", feature=MANAGE_PRICING, example=_some_price)
def close_price(price_id: UUID) -> Price:
    """Let a price count no longer; what was known before stays on record. Raises RowNotFound."""
    price = price_for_update(price_id)
    change = Replacing()
    change.drop([price])
    write(change)
    return price


def price_for_update(price_id: UUID) -> Price:
    """The price that counts, locked behind its product. Raises RowNotFound."""
    product_id = Price.objects.filter(pk=price_id).values_list("product_id", flat=True).first()
    if product_id is None:
        raise RowNotFound
    locked_products([product_id])
    price = load_for_update(Price, price_id)
    if not price.is_known:
        raise RowNotFound
    return price


def _at_once(_index: int) -> str:
    """There is one price, so fields are named by themselves."""
    return ""


def _draft_of(row: Price, given: dict[str, Any]) -> PriceDraft:
    """The row as a draft, with what is given in place of what it says."""
    values: dict[str, Any] = {name: getattr(row, name) for name in RANK}
    values |= {
        "min_quantity": row.min_quantity,
        "max_quantity": row.max_quantity,
        "valid_from": row.valid.lower,
        "valid_until": row.valid.upper,
    }
    values |= {name: value for name, value in given.items() if value is not None or name not in {"net", "gross"}}
    amounts = {"amount", "net", "gross"} & set(given)
    if not amounts:
        values["amount"] = row.amount
    if not ({"net", "gross"} & set(given)):
        values.setdefault("includes_tax", row.includes_tax)
    return PriceDraft(**values)
