"""Channels and tax classes for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.kernel.ids import uuid7
from apps.sales.models import Channel, TaxClass
from tests.support.scopes import House, seeding


def make_channel(house: House, **values: Any) -> Channel:
    """A living channel of North."""
    chosen: dict[str, Any] = {"name": "Name", "code": f"code-{uuid7().hex[-8:]}", **values}
    with seeding(house.scope(house.north)):
        channel = Channel(**chosen)
        channel.save(force_insert=True)
    return channel


def living_channels(house: House) -> list[str]:
    """What the house's living channels are called."""
    with seeding(house.scope()):
        rows = Channel.objects.filter(deleted_at__isnull=True).order_by("name")
        return [channel.name for channel in rows]


def channel_body(house: House) -> dict[str, Any]:
    """Every field that may be sent."""
    return {
        "name": "Name",
        "code": "code",
        "description": "Two\nlines.",
        "website_url": "https://shop.example.org",
        "contact_email": "ada@example.org",
        "is_active": True,
        "is_default": True,
        "allow_direct_orders": True,
    }


def make_tax_class(house: House, **values: Any) -> TaxClass:
    """A living tax class of North."""
    chosen: dict[str, Any] = {"name": "Name", "code": f"code-{uuid7().hex[-8:]}", "rate": Decimal("19.9000"), **values}
    with seeding(house.scope(house.north)):
        tax_class = TaxClass(**chosen)
        tax_class.save(force_insert=True)
    return tax_class


def living_tax_classes(house: House) -> list[str]:
    """What the house's living tax classes are called."""
    with seeding(house.scope()):
        rows = TaxClass.objects.filter(deleted_at__isnull=True).order_by("name")
        return [tax_class.name for tax_class in rows]


def tax_class_body(house: House) -> dict[str, Any]:
    """Every field that may be sent."""
    return {"name": "Name", "code": "code", "description": "Two\nlines.", "rate": "19.9000", "is_default": True}
