"""How the tenant ranks prices."""

from __future__ import annotations

from apps.catalog.models import PricingSettings


def pricing_settings() -> PricingSettings:
    """The tenant's settings; a row that is not stored, with the usual values, where it has none."""
    found: PricingSettings | None = PricingSettings.objects.first()
    return found or PricingSettings()
