"""AppConfig of the catalog module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class CatalogConfig(ModuleConfig):
    """What an organization sells, and what it costs."""

    name = "apps.catalog"
    label = "catalog"
    verbose_name = _("Catalog")
    manifest = Manifest(
        id="catalog",
        label=_("Catalog"),
        requires=("directory", "currencies", "dictionaries", "sales"),
        description=_("What an organization sells: products, variants, categories, offers, and prices that explain."),
        daily=True,
    )

    def ready(self) -> None:
        """Offer the prices to the other modules."""
        from apps.catalog.contracts import CatalogPricing  # noqa: PLC0415
        from apps.catalog.services.pricing import StoredCatalogPricing  # noqa: PLC0415

        provide(CatalogPricing, StoredCatalogPricing(), name="catalog.pricing")
