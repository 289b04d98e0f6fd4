"""What is read of channels and tax classes beside single records and lists."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.sales.contracts import RatesOfTax
from apps.sales.models import Channel, TaxClass


def living_channels(organization_id: UUID) -> QuerySet[Channel]:
    """Channels of an organization by their names."""
    return Channel.objects.filter(organization_id=organization_id, deleted_at__isnull=True).order_by("name", "pk")


def living_tax_classes(organization_id: UUID) -> QuerySet[TaxClass]:
    """Tax classes of an organization by their names."""
    return TaxClass.objects.filter(organization_id=organization_id, deleted_at__isnull=True).order_by("name", "pk")


class StoredTaxRates:
    """`TaxRates` from the table."""

    def rates_of(self, class_ids: Collection[UUID]) -> RatesOfTax:
        """The rates of the classes that are there, and the usual ones; one query."""
        rows = TaxClass.objects.filter(Q(pk__in=class_ids) | Q(is_default=True), deleted_at__isnull=True)
        found = list(rows.values_list("pk", "organization_id", "rate", "is_default"))
        return RatesOfTax(
            by_class={pk: rate for pk, _, rate, _ in found},
            usual={organization: rate for _, organization, rate, is_default in found if is_default},
        )
