"""Default variants of products, and at which rate a product or one of its variants is taxed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from apps.catalog.models import Variant
from apps.catalog.selectors.price_facts import ProductFacts
from apps.kernel.services import service
from apps.sales.contracts import RatesOfTax, TaxRates


@dataclass(frozen=True, slots=True)
class VariantTaxes:
    """Default variants by their products; `own` are tax classes of variants that have one of their own."""

    products: Mapping[UUID, ProductFacts] = field(default_factory=dict)
    defaults: Mapping[UUID, UUID] = field(default_factory=dict)
    own: Mapping[UUID, UUID] = field(default_factory=dict)
    rates: RatesOfTax = field(default_factory=RatesOfTax)

    def rate(self, product_id: UUID, variant_id: UUID | None) -> Decimal:
        """The rate in percent of a variant (None: the product itself)."""
        product = self.products[product_id]
        own = None if variant_id is None else self.own.get(variant_id)
        return self.rates.rate(own or product.tax_class_id, product.organization_id)


def variant_taxes(products: Mapping[UUID, ProductFacts]) -> VariantTaxes:
    """The default variants of the products and their rates; two queries."""
    living = Variant.objects.filter(product__in=products, deleted_at__isnull=True)
    named = living.filter(Q(is_default=True) | Q(tax_class_id__isnull=False))
    rows = list(named.values_list("pk", "product_id", "is_default", "tax_class_id"))
    own = {pk: class_id for pk, _product_id, _is_default, class_id in rows if class_id is not None}
    classes = {*own.values(), *(item.tax_class_id for item in products.values())}
    return VariantTaxes(
        products,
        {product_id: pk for pk, product_id, is_default, _class_id in rows if is_default},
        own,
        service(TaxRates).rates_of({item for item in classes if item is not None}),
    )
