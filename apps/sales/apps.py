"""AppConfig of the sales module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class SalesConfig(ModuleConfig):
    """Where and how an organization sells: its channels and tax classes."""

    name = "apps.sales"
    label = "sales"
    verbose_name = _("Sales")
    manifest = Manifest(
        id="sales",
        label=_("Sales"),
        requires=("directory",),
        description=_("Where and how an organization sells: its channels and tax classes."),
        daily=True,
    )

    def ready(self) -> None:
        """Offer the rates of tax classes to the other modules."""
        from apps.sales.contracts import TaxRates  # noqa: PLC0415
        from apps.sales.selectors import StoredTaxRates  # noqa: PLC0415

        provide(TaxRates, StoredTaxRates(), name="sales.tax_rates")
