"""What somebody says about a price, and what it points to: read and held once for as many prices as are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.catalog.models import Offer, PriceKind, PriceList, Product, Variant
from apps.currencies.contracts import CurrencyBook
from apps.kernel.references.validation import hold
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price as somebody gives it.

    Of `amount`, `net` and `gross` one is given; `amount` is with tax where `includes_tax` says so, or, left out, where
    the kind's amounts are. `currency` "" is the list's, or the kind's usual one. Quantities are in base units. With
    `replaces` (the id of a price) it is refused where that price no longer counts.
    """

    product_id: UUID
    kind_id: UUID
    currency: str = ""
    amount: Decimal | None = None
    net: Decimal | None = None
    gross: Decimal | None = None
    includes_tax: bool | None = None
    variant_id: UUID | None = None
    offer_id: UUID | None = None
    price_list_id: UUID | None = None
    min_quantity: Decimal = ONE
    max_quantity: Decimal | None = None
    channel_id: UUID | None = None
    customer_id: UUID | None = None
    customer_group_id: UUID | None = None
    user_id: UUID | None = None
    user_group_id: UUID | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Living records that drafts name, by id, and the currencies of each organization (none: any may be named)."""

    products: Mapping[UUID, Product]
    variants: Mapping[UUID, Variant]
    offers: Mapping[UUID, Offer]
    kinds: Mapping[UUID, PriceKind]
    lists: Mapping[UUID, PriceList]
    currencies: Mapping[UUID, frozenset[str]]


def surroundings(drafts: Sequence[PriceDraft]) -> Surroundings:
    """Lock the products, by id, so that prices of one are written in turn, and hold what else the drafts name."""
    products = locked_products(draft.product_id for draft in drafts)
    return Surroundings(
        products=products,
        variants=_held(Variant, (draft.variant_id for draft in drafts)),
        offers=_held(Offer, (draft.offer_id for draft in drafts)),
        kinds=_held(PriceKind, (draft.kind_id for draft in drafts)),
        lists=_held(PriceList, (draft.price_list_id for draft in drafts)),
        currencies={owner: _currencies(owner) for owner in {row.organization_id for row in products.values()}},
    )


def hold_products(ids: Iterable[UUID]) -> set[UUID]:
    """Lock living products among the ids, by id, without reading what they are; says which."""
    living = Product.objects.filter(pk__in=set(ids), deleted_at__isnull=True).order_by("pk")
    return set(living.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def locked_products(ids: Iterable[UUID]) -> dict[UUID, Product]:
    """Living products among the ids, locked by id. Prices of a product are written behind its lock."""
    living = Product.objects.filter(pk__in=set(ids), deleted_at__isnull=True).order_by("pk")
    return {row.pk: row for row in living.select_for_update(no_key=True, of=("self",))}


def _held(model: type[Any], ids: Iterable[UUID | None]) -> dict[UUID, Any]:
    wanted = {item for item in ids if item is not None}
    if not wanted:
        return {}
    living = hold(ENTITIES[model.entity_id], wanted)
    return {row.pk: row for row in model.objects.filter(pk__in=living)}


def _currencies(organization_id: UUID) -> frozenset[str]:
    with using_scope(in_organization(current_scope(), organization_id)):
        return frozenset(item.code for item in service(CurrencyBook).active())


def example_currency(scope: Scope) -> str:
    """A currency that prices of the organization may be in."""
    with scoped_transaction():
        return min(_currencies(scope.writing_organization()), default="EUR")
