"""Requests as questions: who buys how much of what, in base units, with everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations.units import in_base_units
from apps.catalog.contracts import PriceContext, PriceRequest, PriceRow
from apps.catalog.selectors.price_facts import Facts, ProductFacts, VariantFacts
from apps.catalog.selectors.price_past import Known
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import UNKNOWN
from apps.sales.contracts import RatesOfTax

ONE: Final = Decimal(1)
QUANTITY_DIGITS: Final = 18
QUANTITY_PLACES: Final = 6
MOST: Final = Decimal(10**12)
UNKNOWN_UNIT: Final = "catalog.unit.unknown"
QUANTITY_INVALID: Final = "catalog.quantity.invalid"
Groups = Mapping[UUID, frozenset[UUID]]


def demand_known(requests: Sequence[PriceRequest], known: Known) -> None:
    """Raise InvalidInput with every product, variant, unit and offer that is not there, and impossible quantities."""
    errors = [
        FieldError(f"requests.{place}.{name}", code, message)
        for place, request in enumerate(requests)
        for name, code, message in _faults(request, known[request.known_at])
    ]
    if errors:
        raise InvalidInput(errors=tuple(errors))


def _faults(request: PriceRequest, facts: Facts) -> list[tuple[str, str, str]]:
    product = facts.products.get(request.product_id)
    if product is None:
        return [("product_id", UNKNOWN, _("There is no such record."))]
    found, variant = [], _variant(request, facts)
    if not request.quantity.is_finite() or not 0 < request.quantity < MOST:
        found.append(("quantity", QUANTITY_INVALID, _("Give a quantity above 0, of at most 12 digits.")))
    if request.variant_id is not None and (variant is None or variant.product_id != product.id):
        found.append(("variant_id", UNKNOWN, _("There is no such record.")))
    if request.unit and _factor(request, product, facts) is None:
        found.append(("unit", UNKNOWN_UNIT, _("The product is not sold in this unit.")))
    if request.offer_id is not None and facts.offer_products.get(request.offer_id) != product.id:
        found.append(("offer_id", UNKNOWN, _("There is no such record.")))
    return found


def context_for(request: PriceRequest, facts: Facts, tax: RatesOfTax, groups: Groups, *, now: datetime) -> PriceContext:
    """The question of a request that `demand_known` lets pass."""
    product = facts.products[request.product_id]
    factor = _factor(request, product, facts) or ONE
    return PriceContext(
        currency=request.currency,
        at=request.at or now,
        quantity=request.quantity,
        unit=request.unit,
        unit_factor=factor,
        known_at=request.known_at,
        variant_id=request.variant_id,
        channel_id=request.channel_id,
        customer_id=request.customer_id,
        customer_group_ids=_groups(request, groups),
        user_id=request.user_id,
        user_group_ids=request.user_group_ids,
        offer_id=request.offer_id,
        tax_rate=tax.rate(_tax_class(product, _variant(request, facts)), product.organization_id),
        base_quantity=in_base_units(
            request.quantity, factor, places=product.rounding_places, mode=product.rounding_mode
        ),
    )


def tax_classes(known: Known) -> set[UUID]:
    """Classes that the products and variants name."""
    named = {item.tax_class_id for facts in known.values() for item in facts.products.values()}
    named |= {item.tax_class_id for facts in known.values() for item in facts.variants.values()}
    return {item for item in named if item is not None}


def rows_for(request: PriceRequest, rows: Sequence[PriceRow], facts: Facts, *, now: datetime) -> tuple[PriceRow, ...]:
    """Prices of the product as they are for the request: what is out of sale or on quote only has marked ones."""
    product, variant = facts.products[request.product_id], _variant(request, facts)
    moment = request.known_at or now
    is_product = product.is_active and not _is_over(product.archived_at, moment)
    is_variant = variant is None or (variant.is_active and not _is_over(variant.archived_at, moment))
    is_quote_only = product.is_quote_only
    if is_product and is_variant and not is_quote_only:
        return tuple(rows)
    return tuple(
        row._replace(is_product_active=is_product, is_variant_active=is_variant, is_quote_only=is_quote_only)
        for row in rows
    )


def _is_over(archived_at: datetime | None, moment: datetime) -> bool:
    return archived_at is not None and archived_at <= moment


def _factor(request: PriceRequest, product: ProductFacts, facts: Facts) -> Decimal | None:
    """How many base units the unit is; None for a unit that the product has not got."""
    if request.unit in {"", product.unit}:
        return ONE
    return facts.units.get((product.id, request.unit))


def _variant(request: PriceRequest, facts: Facts) -> VariantFacts | None:
    return None if request.variant_id is None else facts.variants.get(request.variant_id)


def _tax_class(product: ProductFacts, variant: VariantFacts | None) -> UUID | None:
    own = None if variant is None else variant.tax_class_id
    return product.tax_class_id if own is None else own


def _groups(request: PriceRequest, groups: Groups) -> frozenset[UUID]:
    if request.customer_group_ids is not None:
        return request.customer_group_ids
    return frozenset() if request.customer_id is None else groups.get(request.customer_id, frozenset())
