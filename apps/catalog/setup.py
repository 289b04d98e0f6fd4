"""What roles get from the catalog."""

from __future__ import annotations

from collections.abc import Mapping

from apps.catalog.models import Product
from apps.catalog.services.samples.adding import add_samples
from apps.catalog.services.telling import schedule_telling
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("catalog.*",),
    "admin": ("catalog.*",),
    "employee": (
        "catalog.products.manage",
        "catalog.variants.manage",
        "catalog.categories.manage",
        "catalog.offers.manage",
        "catalog.pricing.manage",
    ),
}

# They go and come back with their organization.
organization_equipment = ("catalog.option_schema", "catalog.category", "catalog.tag", "catalog.price_list")


def seed_defaults(scope: Scope) -> None:
    """Have those who look after offers and price lists told every morning what happens soon."""
    schedule_telling(scope.tenant_id)


# What three organizations of a demonstration sell, and how many products of it.
EXAMPLES = {"clothing": 300, "parts": 600, "food": 600}


def seed_examples(scope: Scope) -> None:
    """Give three organizations of a demonstration a shop each, with prices of two years, unless they sell something."""
    for (shop, products), organization_id in zip(EXAMPLES.items(), sorted(scope.organization_ids), strict=False):
        with using_scope(in_organization(scope, organization_id)):
            with scoped_transaction():
                is_furnished = Product.objects.filter(organization_id=organization_id).exists()
            if not is_furnished:
                add_samples(shop=shop, products=products)
