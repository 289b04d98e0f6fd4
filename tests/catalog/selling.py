"""A product with everything that its price depends on, and what may be done to it: for questions about the past."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from apps.catalog import services as catalog
from apps.catalog.contracts import CatalogPricing, ExplainedPrice, Layer, PriceRequest
from apps.catalog.models import Offer, Price, PriceKind, PriceList, Product, UnitConversion, Variant
from apps.customers.models import Customer, CustomerGroup, Membership
from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.sales.models import TaxClass
from apps.sales.services import update_tax_class
from tests.catalog.factories import (
    make_conversion,
    make_kind,
    make_offer,
    make_price,
    make_price_list,
    make_product,
    make_variant,
    saved,
)
from tests.support.scopes import House, seeding

DAY: Final = timedelta(days=1)
Facts = tuple[Decimal, Decimal, Layer | None, tuple[tuple[str, str | None], ...]]


@dataclass(frozen=True)
class Shop:
    """What is sold, to whom, and everything around it."""

    house: House
    product: Product
    variant: Variant
    unit: UnitConversion
    regular: PriceKind
    sale: PriceKind
    base_list: PriceList
    derived: PriceList
    offer: Offer
    usual: TaxClass
    reduced: TaxClass
    customer: Customer
    group: CustomerGroup
    price: Price
    sale_price: Price

    def questions(self) -> tuple[PriceRequest, ...]:
        """Buyers that each see something else of it."""
        product = self.product.pk
        buyer = PriceRequest(product, "EUR", customer_id=self.customer.pk)
        return (
            PriceRequest(product, "EUR"),
            buyer,
            PriceRequest(product, "EUR", variant_id=self.variant.pk, offer_id=self.offer.pk),
            PriceRequest(product, "EUR", quantity=Decimal(2), unit="box", customer_id=self.customer.pk),
        )


def make_shop(house: House) -> Shop:
    """One product with prices, a list for a group that derives from another list, an offer, a unit, a variant."""
    usual, reduced = (
        saved(
            house, TaxClass(name=rate, code=f"t{rate}-{uuid7().hex[-6:]}", rate=Decimal(rate), is_default=rate == "23")
        )
        for rate in ("23", "8")
    )
    group = saved(house, CustomerGroup(code="wholesale", name="Wholesale"))
    customer = saved(house, Customer(kind="person", name="Anna"))
    saved(house, Membership(customer=customer, group=group))
    product = make_product(house, unit="pc", tax_class_id=reduced.pk)
    variant, unit = make_variant(house, product), make_conversion(house, product)
    regular, sale = make_kind(house, "regular"), make_kind(house, "sale")
    base_list = make_price_list(house)
    derived = make_price_list(house, base_list=base_list, percent=Decimal(-10), customer_group_id=group.pk, priority=5)
    offer = make_offer(house, product, clock.now() - DAY, clock.now() + DAY)
    make_price(house, product, regular, "8.00", price_list=base_list, min_quantity=5)
    make_price(house, product, regular, "9.50", price_list=base_list, max_quantity=Decimal("4.9999"))
    make_price(house, product, sale, "7.00", offer=offer, variant=variant)
    prices = make_price(house, product, regular, "10.00"), make_price(house, product, sale, "9.80", includes_tax=True)
    around = (regular, sale, base_list, derived, offer, usual, reduced, customer, group)
    return Shop(house, product, variant, unit, *around, *prices)


def explained(shop: Shop, *requests: PriceRequest) -> tuple[ExplainedPrice, ...]:
    """The decisions with their traces."""
    with using_scope(shop.house.scope(shop.house.north)), scoped_transaction():
        return service(CatalogPricing).explained(requests)


def facts_of(found: ExplainedPrice) -> Facts | None:
    """What a decision says, with the prices that fitted and why each was not it; None where there is no price."""
    decision = found.decision
    if decision is None:
        return None
    rows = tuple((item["row"]["id"], item["reason"]) for item in found.trace.document["rows"])
    return decision.net, decision.gross, decision.layer, rows


def set_groups(shop: Shop, *groups: CustomerGroup) -> None:
    """Let the customer be in these groups and no other."""
    with seeding(shop.house.scope(shop.house.north)):
        Membership.objects.filter(customer=shop.customer).delete()
        for group in groups:
            Membership(customer=shop.customer, group=group).save(force_insert=True)


def _another_list(shop: Shop, **values: Any) -> PriceList:
    return catalog.create_price_list(
        **{
            "name": "Further",
            "code": f"further-{uuid7().hex[-8:]}",
            "currency": "EUR",
            "base_list_id": shop.base_list.pk,
            "percent": Decimal(-50),
            **values,
        }
    )


def _price_then(shop: Shop, amount: Decimal) -> None:
    """Correct one of today's prices."""
    with scoped_transaction():
        today = list(Price.objects.filter(known__upper_inf=True).order_by("-min_quantity", "pk"))
    catalog.correct_price(today[0].pk, amount=amount)


# What may happen to it; the numbers that come with it are random.
Deed = Callable[[Shop, random.Random], object]
DEEDS: Final[Mapping[str, Deed]] = {
    "activity": lambda shop, dice: catalog.update_product(shop.product.pk, is_active=dice.random() < 0.7),
    "quote": lambda shop, dice: catalog.update_product(shop.product.pk, is_quote_only=dice.random() < 0.3),
    "tax": lambda shop, dice: catalog.update_product(
        shop.product.pk, tax_class_id=dice.choice((None, shop.reduced.pk, shop.usual.pk))
    ),
    "rounding": lambda shop, dice: catalog.update_product(shop.product.pk, rounding_places=dice.randrange(5)),
    "archive": lambda shop, _: catalog.archive_product(shop.product.pk),
    "unarchive": lambda shop, _: catalog.unarchive_product(shop.product.pk),
    "variant": lambda shop, dice: catalog.update_variant(shop.variant.pk, is_active=dice.random() < 0.6),
    "no variant": lambda shop, _: catalog.delete_variant(shop.variant.pk),
    "promotion": lambda shop, dice: catalog.update_price_kind(shop.sale.pk, is_promotion=dice.random() < 0.5),
    "kind": lambda shop, dice: catalog.update_price_kind(shop.regular.pk, is_active=dice.random() < 0.8),
    "code": lambda shop, dice: catalog.update_price_kind(shop.regular.pk, code=f"regular-{dice.randrange(9)}"),
    "percent": lambda shop, dice: catalog.update_price_list(shop.derived.pk, percent=Decimal(dice.randrange(-50, 9))),
    "priority": lambda shop, dice: catalog.update_price_list(shop.derived.pk, priority=dice.randrange(-9, 9)),
    "validity": lambda shop, dice: catalog.update_price_list(
        shop.base_list.pk, valid_until=dice.choice((None, clock.now() - DAY))
    ),
    "list": lambda shop, dice: catalog.update_price_list(shop.derived.pk, is_active=dice.random() < 0.7),
    "further list": lambda shop, _: _another_list(shop),
    "no list": lambda shop, _: catalog.delete_price_list(shop.derived.pk),
    "offer": lambda shop, dice: catalog.update_offer(shop.offer.pk, is_active=dice.random() < 0.6),
    "offer ends": lambda shop, dice: catalog.update_offer(
        shop.offer.pk, ends_at=clock.now() + dice.choice((DAY, -DAY / 2))
    ),
    "factor": lambda shop, dice: catalog.update_conversion(shop.unit.pk, factor=Decimal(dice.randrange(1, 30))),
    "no unit": lambda shop, _: catalog.delete_conversion(shop.unit.pk),
    "unit": lambda shop, dice: catalog.create_conversion(
        product_id=shop.product.pk, unit="box", factor=Decimal(dice.randrange(1, 30))
    ),
    "layers": lambda _, dice: catalog.update_pricing_settings(layers=dice.sample(list(Layer), len(Layer))),
    "cheaper": lambda _, dice: catalog.update_pricing_settings(only_cheaper_promotions=dice.random() < 0.5),
    "amount": lambda shop, dice: _price_then(shop, Decimal(dice.randrange(100, 2000)).scaleb(-2)),
    "rate": lambda shop, dice: update_tax_class(shop.reduced.pk, rate=Decimal(dice.randrange(1, 20))),
    "usual rate": lambda shop, dice: update_tax_class(dice.choice((shop.usual.pk, shop.reduced.pk)), is_default=True),
    "groups": lambda shop, dice: set_groups(shop, *([shop.group] if dice.random() < 0.6 else [])),
}
