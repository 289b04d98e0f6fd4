"""How channels and tax classes are found."""

from __future__ import annotations

from apps.sales.features import VIEW_CHANNELS, VIEW_SETTINGS
from apps.sales.models import Channel, TaxClass
from apps.search.contracts import searchable

searchable(
    Channel,
    feature=VIEW_CHANNELS,
    title="name",
    fields={"name": "A", "code": "B", "description": "C", "website_url": "B"},
    hash_only=("contact_email",),
)
searchable(TaxClass, feature=VIEW_SETTINGS, title="name", fields={"name": "A", "code": "B", "description": "C"})
