"""What is shown as the price per unit of measure of a product, and at which rates its prices are taxed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from apps.catalog.models import Product, Variant
from apps.catalog.selectors.settings import pricing_settings
from apps.kernel.services import service
from apps.sales.contracts import TaxRates


@dataclass(frozen=True, slots=True)
class Measure:
    """What the price per unit is about: a base unit of the product is `quantity` of `unit`, a ReferenceUnit."""

    unit: str
    quantity: Decimal


def measure_of(product: Product) -> Measure | None:
    """The measure of a product; None where the product or the tenant shows no price per unit. One query at most."""
    quantity = product.unit_price_quantity
    if not product.shows_unit_price or not product.unit_price_reference or not quantity:
        return None
    return Measure(product.unit_price_reference, quantity) if pricing_settings().shows_unit_prices else None


def tax_rates_of(product: Product, variants: Sequence[Variant]) -> Mapping[UUID | None, Decimal]:
    """Rates in percent by the ids of variants, None for the product itself; one query."""
    classes: dict[UUID | None, UUID | None] = {None: product.tax_class_id}
    classes |= {row.pk: row.tax_class_id or product.tax_class_id for row in variants}
    found = service(TaxRates).rates_of({item for item in classes.values() if item is not None})
    return {key: found.rate(item, product.organization_id) for key, item in classes.items()}
