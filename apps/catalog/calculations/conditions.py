"""Whether a price may be asked for at all: its conditions against a context, the first that fails is the reason."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from apps.catalog.calculations.amounts import EXACT
from apps.catalog.contracts import Lost, OfferFacts, PriceContext, PriceRow


def condition_of(context: PriceContext) -> Callable[[PriceRow], Lost | None]:
    """What is wrong with a row for the context: the first of its conditions that does not hold."""
    quantity = context.base_quantity
    if quantity is None:
        quantity = EXACT.multiply(context.quantity, context.unit_factor)

    def judged(row: PriceRow) -> Lost | None:
        return (
            _inactive(row, context)
            or _untimely(row, context)
            or _wrong_quantity(row, quantity)
            or _wrong_buyer(row, context)
            or (None if row.offer is None else _wrong_offer(row.offer, context))
        )

    return judged


def _inactive(row: PriceRow, context: PriceContext) -> Lost | None:
    if row.variant_id is not None and row.variant_id != context.variant_id:
        return Lost.OTHER_VARIANT
    if row.is_product_active and row.is_variant_active and row.is_kind_active and row.is_list_active:
        return Lost.QUOTE_ONLY if row.is_quote_only else None
    if not row.is_product_active:
        return Lost.PRODUCT_INACTIVE
    if not row.is_variant_active:
        return Lost.VARIANT_INACTIVE
    return Lost.KIND_INACTIVE if not row.is_kind_active else Lost.LIST_INACTIVE


def _untimely(row: PriceRow, context: PriceContext) -> Lost | None:
    at, known_at = context.at, context.known_at
    if row.valid_from is not None and at < row.valid_from:
        return Lost.NOT_YET
    if row.valid_until is not None and at >= row.valid_until:
        return Lost.OVER
    if known_at is None:
        return None if row.known_until is None else Lost.UNKNOWN
    if row.known_from is not None and known_at < row.known_from:
        return Lost.UNKNOWN
    return Lost.UNKNOWN if row.known_until is not None and known_at >= row.known_until else None


def _wrong_quantity(row: PriceRow, quantity: Decimal) -> Lost | None:
    if row.min_quantity > quantity:
        return Lost.TOO_FEW
    return Lost.TOO_MANY if row.max_quantity is not None and row.max_quantity < quantity else None


def _wrong_buyer(row: PriceRow, context: PriceContext) -> Lost | None:
    if row.channel_id is not None and row.channel_id != context.channel_id:
        return Lost.CHANNEL
    if row.customer_id is not None and row.customer_id != context.customer_id:
        return Lost.CUSTOMER
    if row.customer_group_id is not None and row.customer_group_id not in context.customer_group_ids:
        return Lost.CUSTOMER_GROUP
    if row.user_id is not None and row.user_id != context.user_id:
        return Lost.USER
    if row.user_group_id is not None and row.user_group_id not in context.user_group_ids:
        return Lost.USER_GROUP
    return None


def _wrong_offer(offer: OfferFacts, context: PriceContext) -> Lost | None:
    if context.offer_id is not None and offer.id != context.offer_id:
        return Lost.OTHER_OFFER
    if offer.variant_id is not None and offer.variant_id != context.variant_id:
        return Lost.OTHER_VARIANT
    if not offer.is_active:
        return Lost.OFFER_INACTIVE
    if offer.starts_at is not None and context.at < offer.starts_at:
        return Lost.OFFER_NOT_YET
    if offer.ends_at is not None and context.at >= offer.ends_at:
        return Lost.OFFER_OVER
    return Lost.CHANNEL if offer.channel_id is not None and offer.channel_id != context.channel_id else None
