"""What roles get from the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.catalog.services.first_kinds import add_first_kinds
from apps.catalog.services.samples.adding import add_samples
from apps.catalog.services.telling import schedule_telling
from apps.dictionaries.contracts import EntryDraft, system_dictionary
from apps.directory.contracts import Demonstration
from apps.kernel.services import service
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

system_dictionary(
    "catalog.product_status",
    _("Status of products"),
    (
        EntryDraft("draft", _("Draft"), tone="info"),
        EntryDraft("for_sale", _("For sale"), tone="success"),
        EntryDraft("discontinued", _("Discontinued"), tone="warning"),
    ),
)


def seed_defaults(scope: Scope) -> None:
    """Give the tenant the kinds of prices that it begins with, unless it has had them.

    Those who look after offers and price lists are told every morning what happens soon.
    """
    add_first_kinds()
    schedule_telling(scope.tenant_id)


# What is sold in a demonstration, and how many products of it.
EXAMPLES = {"clothing": 300, "parts": 600, "food": 600}


def seed_examples(scope: Scope) -> None:
    """Give organizations of a demonstration a shop each, with prices of two years, unless they sell something."""
    for organization_id, shop in _shops(scope).items():
        with using_scope(in_organization(scope, organization_id)):
            with scoped_transaction():
                is_furnished = Product.objects.filter(organization_id=organization_id).exists()
            if not is_furnished:
                add_samples(shop=shop, products=EXAMPLES[shop])


def _shops(scope: Scope) -> Mapping[UUID, str]:
    """What each organization sells by the demonstration's story; without one, three of them have a shop each."""
    with scoped_transaction():
        told = service(Demonstration).trades()
    seen = sorted(scope.organization_ids)
    return {item: told[item] for item in seen if item in told} if told else dict(zip(seen, EXAMPLES, strict=False))
