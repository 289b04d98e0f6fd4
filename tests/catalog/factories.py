"""Catalog rows for tests: of North, saved as they are, so that each needs no command."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.test import Client
from psycopg.types.range import Range

from apps.catalog.models import (
    Category,
    Offer,
    OptionSchema,
    Price,
    PriceKind,
    PriceList,
    Product,
    ProductTag,
    UnitConversion,
    Variant,
)
from apps.directory.models import Organization
from apps.kernel.ids import uuid7
from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding

FEATURES = ("catalog.*", "sales.channels.view", "currencies.*", "audit_logs.undo_self")
SIZES: list[dict[str, Any]] = [
    {
        "code": "size",
        "label": "Size",
        "input_type": "select",
        "is_required": True,
        "choices": [{"code": code, "label": code.upper()} for code in ("s", "m", "l")],
    },
    {
        "code": "colour",
        "label": "Colour",
        "input_type": "select",
        "is_required": True,
        "choices": [{"code": code, "label": code.title()} for code in ("blue", "red")],
    },
]
RowT = TypeVar("RowT", bound=models.Model)


def seller(house: House, *features: str, organization: Organization | None = None) -> Client:
    """Somebody of North who may do everything with the catalog, or what is named."""
    return client_of(member(house, *(features or FEATURES)), organization=organization or house.north)


def saved(house: House, row: RowT) -> RowT:
    """The row, kept in North."""
    with seeding(house.scope(house.north)):
        row.save(force_insert=True)
    return row


def make_schema(house: House, **values: Any) -> OptionSchema:
    """Sizes and colours."""
    chosen: dict[str, Any] = {"name": "Clothing", "code": f"s-{uuid7().hex[-8:]}", "options": SIZES, **values}
    return saved(house, OptionSchema(**chosen))


def make_product(house: House, title: str = "Shirt", **values: Any) -> Product:
    """A product with a SKU of its own."""
    return saved(house, Product(title=title, **{"sku": f"P-{uuid7().hex[-8:]}", **values}))


def make_variant(house: House, product: Product, name: str = "Blue / L", **values: Any) -> Variant:
    """A variant of a product."""
    return saved(house, Variant(product=product, name=name, **{"sku": f"V-{uuid7().hex[-8:]}", **values}))


def make_category(house: House, name: str = "Clothes", parent: Category | None = None, **values: Any) -> Category:
    """A category below a parent, last of its children."""
    row = Category(name=name, parent=parent, **values)
    row.path = f"{parent.path if parent else ''}{row.pk}/"
    row.depth = parent.depth + 1 if parent else 0
    return saved(house, row)


def make_tag(house: House, label: str = "New", **values: Any) -> ProductTag:
    """A tag."""
    return saved(house, ProductTag(label=label, **{"slug": label.lower(), **values}))


def make_conversion(house: House, product: Product, unit: str = "box", factor: str = "12") -> UnitConversion:
    """A box of twelve."""
    return saved(house, UnitConversion(product=product, unit=unit, factor=Decimal(factor)))


def make_offer(
    house: House, product: Product, starts_at: datetime | None, ends_at: datetime | None, **values: Any
) -> Offer:
    """A promotion."""
    return saved(house, Offer(product=product, starts_at=starts_at, ends_at=ends_at, **{"title": "Sale", **values}))


def make_kind(house: House, code: str = "", **values: Any) -> PriceKind:
    """A kind of price, without tax."""
    chosen = code or f"k-{uuid7().hex[-8:]}"
    return saved(house, PriceKind(code=chosen, **{"title": chosen.title(), **values}))


def make_price_list(house: House, **values: Any) -> PriceList:
    """A list in EUR."""
    chosen = {"name": "Wholesale", "code": f"l-{uuid7().hex[-8:]}", "currency": "EUR", **values}
    return saved(house, PriceList(**chosen))


def make_price(house: House, product: Product, kind: PriceKind, amount: str = "10.00", **values: Any) -> Price:
    """A price in EUR from one piece on, always valid, known from now on; `valid=(from, until)` narrows it."""
    first, last = values.pop("valid", (None, None))
    chosen: dict[str, Any] = {
        "currency": "EUR",
        "valid": Range(first, last, "[)" if first else "()"),
        "amount": Decimal(amount),
        **values,
    }
    return saved(house, Price(product=product, kind=kind, **chosen))
