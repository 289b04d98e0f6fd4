"""The kinds of record of this module."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.sales.models import Channel, TaxClass

entity(
    Channel,
    icon="storefront",
    search=("name", "code", "website_url"),
    url="admin:sales_channel_change",
    broadcast="staff",
)
entity(TaxClass, icon="percent", search=("name", "code"), url="admin:sales_taxclass_change", broadcast="staff")
