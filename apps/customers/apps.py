"""AppConfig of the customers module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class CustomersConfig(ModuleConfig):
    """People and companies that an organization deals with."""

    name = "apps.customers"
    label = "customers"
    verbose_name = _("Customers")
    manifest = Manifest(
        id="customers",
        label=_("Customers"),
        requires=("directory", "dictionaries", "currencies"),
        description=_("People and companies that an organization deals with, and the deals that come of it."),
        daily=True,
    )

    def ready(self) -> None:
        """Offer the groups of customers to the other modules."""
        from apps.customers.contracts import CustomerGroups  # noqa: PLC0415
        from apps.customers.selectors.groups import StoredCustomerGroups  # noqa: PLC0415

        provide(CustomerGroups, StoredCustomerGroups(), name="customers.groups")
