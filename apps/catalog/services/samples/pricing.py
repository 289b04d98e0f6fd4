"""Gives sample products their prices, two years of them, with offers, a channel's own prices and price lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from psycopg.types.range import Range

from apps.catalog.models import DisplayMode, Offer, OfferKind, Price, PriceKind, PriceList, Product, Variant
from apps.catalog.services.samples.drawing import ONE_TIER, TIERS, Draw, ProductSample, history, rounded
from apps.catalog.services.samples.words import CATALOGUE, KINDS, OFFERS, WHOLESALE
from apps.kernel.bases.bitemporal import known_from
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

ROUND: Final = 2000
# Days from now on which offers begin and end.
PERIODS: Final = {"over": (-200, -150), "running": (-10, 20), "planned": (12, 40)}
EACH: Final = 15  # offers of each kind
LISTED, IN_CHANNEL = 30, 50
SALE, CHANNEL = Decimal("0.80"), Decimal("0.95")
WHOLESALE_PERCENT: Final = Decimal(-12)


@dataclass(frozen=True, slots=True)
class Priced:
    """A product with what was drawn for it, and its variants."""

    row: Product
    sample: ProductSample
    variants: Sequence[Variant]


def add_prices(draw: Draw, products: Sequence[Priced]) -> None:
    """Store prices, lists and offers of one shop."""
    kinds = _kinds(draw)
    base = _lists(draw) if draw.shop == "parts" else None
    channel_id = _first("sales.channel")
    offers = list(_offers(draw, products))
    Offer.objects.bulk_create((offer for offer, _priced in offers), batch_size=ROUND)
    terms: dict[str, Any] = {"currency": draw.currency, "includes_tax": draw.shop != "parts"}
    rows = [
        *(price for item in products for price in _regular(draw, item, kinds["regular"], base, terms)),
        *_sales(draw, offers, kinds["sale"], terms),
        *(_in_channel(draw, products, kinds["regular"], channel_id, terms) if channel_id is not None else ()),
    ]
    Price.objects.bulk_create(rows, batch_size=ROUND)
    if channel_id is not None:
        _list_in(draw, products, channel_id)


def _kinds(draw: Draw) -> dict[str, PriceKind]:
    """The kinds of prices of the tenant, added where they are not there."""
    held = {row.code: row for row in PriceKind.objects.filter(code__in=KINDS, deleted_at__isnull=True)}
    fresh = [
        PriceKind(
            code=code,
            title=words[draw.language],
            display_mode=DisplayMode.GROSS,
            currency=draw.currency,
            is_promotion=code == "sale",
        )
        for code, words in KINDS.items()
        if code not in held
    ]
    PriceKind.objects.bulk_create(fresh)
    return {**held, **{row.code: row for row in fresh}}


def _lists(draw: Draw) -> PriceList:
    """The list that prices stand in, and one for wholesalers that is reckoned from it."""
    language = draw.language
    base = PriceList(name=CATALOGUE[language], code="catalogue", currency=draw.currency)
    wholesale = PriceList(
        name=WHOLESALE[language],
        code="wholesale",
        currency=draw.currency,
        base_list=base,
        percent=WHOLESALE_PERCENT,
        round_to=Decimal("0.01"),
        customer_group_id=_first("customers.customer_group", code="wholesale"),
        priority=10,
        valid_until=draw.until + timedelta(days=120),
    )
    for row in (base, wholesale):
        row.save(force_insert=True)
    return base


def _first(entity: str, **conditions: Any) -> UUID | None:
    """The oldest record of a kind of another module, None where there is none."""
    kind = ENTITIES.get(entity)
    if kind is None:
        return None
    rows = kind.living().filter(organization_id=current_scope().organization_id, **conditions)
    found: UUID | None = rows.order_by("created_at", "pk").values_list("pk", flat=True).first()
    return found


def _regular(
    draw: Draw, item: Priced, kind: PriceKind, base: PriceList | None, terms: dict[str, Any]
) -> Iterator[Price]:
    """What the product cost and costs; of machine parts ten and a hundred have become cheaper with the last change."""
    for begin, end, amount in history(item.sample, draw.shop):
        for least, most, percent in TIERS if draw.shop == "parts" and end is None else ONE_TIER:
            yield Price(
                product=item.row,
                kind=kind,
                price_list=base,
                amount=rounded(amount * percent / 100, draw.shop),
                min_quantity=least,
                max_quantity=most,
                valid=Range(begin, end, "[)"),
                known=known_from(begin),
                created_at=begin,
                updated_at=begin,
                **terms,
            )


def _offers(draw: Draw, products: Sequence[Priced]) -> Iterator[tuple[Offer, Priced]]:
    """Promotions that are over, running and planned."""
    lots = draw.chosen(list(products), EACH * len(PERIODS))
    for number, item in enumerate(lots):
        name = list(PERIODS)[number % len(PERIODS)]
        first, last = PERIODS[name]
        offer = Offer(
            product=item.row,
            title=OFFERS[name][draw.language],
            starts_at=draw.until + timedelta(days=first + number % 5),
            ends_at=draw.until + timedelta(days=last + number % 5),
        )
        yield offer, item


def _sales(
    draw: Draw, offers: Sequence[tuple[Offer, Priced]], kind: PriceKind, terms: dict[str, Any]
) -> Iterator[Price]:
    """Prices of promotions."""
    for offer, item in offers:
        yield Price(
            product=item.row,
            offer=offer,
            kind=kind,
            amount=rounded(item.sample.amount * SALE, draw.shop),
            valid=Range(offer.starts_at, offer.ends_at, "[)"),
            known=known_from(min(draw.until, offer.starts_at or draw.until)),
            **terms,
        )


def _in_channel(
    draw: Draw, products: Sequence[Priced], kind: PriceKind, channel_id: UUID, terms: dict[str, Any]
) -> Iterator[Price]:
    """Prices of one channel, a little below the others."""
    for item in draw.chosen(list(products), IN_CHANNEL):
        begin = item.sample.begins[-1]
        yield Price(
            product=item.row,
            kind=kind,
            channel_id=channel_id,
            amount=rounded(item.sample.amount * CHANNEL, draw.shop),
            valid=Range(begin, None, "[)"),
            known=known_from(begin),
            **terms,
        )


def _list_in(draw: Draw, products: Sequence[Priced], channel_id: UUID) -> None:
    """Say how some products are called in the channel."""
    Offer.objects.bulk_create(
        Offer(product=item.row, kind=OfferKind.LISTING, channel_id=channel_id, title=f"{item.row.title} – online")
        for item in draw.chosen(list(products), LISTED)
    )
