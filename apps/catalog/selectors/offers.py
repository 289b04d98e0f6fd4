"""Offers by where they stand in time, and with the texts of their products."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.catalog.calculations.offers import OfferState
from apps.catalog.models import Offer, OfferKind, Product


def in_state(state: OfferState, at: datetime) -> Q:
    """Offers that are in the state at the moment."""
    over, planned = Q(ends_at__isnull=False, ends_at__lte=at), Q(starts_at__isnull=False, starts_at__gt=at)
    match state:
        case OfferState.OVER:
            return over
        case OfferState.PLANNED:
            return planned & ~over
    return ~planned & ~over


def listing_of(offer: Offer) -> Offer | None:
    """Another living listing of the same product, or variant, in the same channel."""
    rows: QuerySet[Offer] = Offer.objects.filter(
        kind=OfferKind.LISTING,
        product_id=offer.product_id,
        variant_id=offer.variant_id,
        channel_id=offer.channel_id,
        deleted_at__isnull=True,
    )
    return rows.exclude(pk=offer.pk).first()


def products_by_id(ids: Collection[UUID]) -> Mapping[UUID, Product]:
    """Products with what offers show where they say nothing; one query."""
    rows = Product.objects.filter(pk__in=set(ids)).only("title", "description", "default_media_id")
    return {row.pk: row for row in rows}


def shown_title(offer: Offer, products: Mapping[UUID, Product]) -> str:
    """The offer's title, or its product's."""
    product = products.get(offer.product_id)
    return offer.title or (product.title if product else "")


def name_offers(offers: Iterable[Offer]) -> None:
    """Look up what the offers show, as `shown_title`, `shown_description` and `shown_media_id`; one query."""
    listed = list(offers)
    products = products_by_id({offer.product_id for offer in listed})
    for offer in listed:
        product = products.get(offer.product_id)
        offer.shown_title = shown_title(offer, products)  # type: ignore[attr-defined]
        offer.shown_description = offer.description or (product.description if product else "")  # type: ignore[attr-defined]
        offer.shown_media_id = offer.default_media_id or (  # type: ignore[attr-defined]
            product.default_media_id if product else None
        )
