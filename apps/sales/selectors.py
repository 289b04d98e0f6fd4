"""What is read of channels and tax classes beside single records and lists."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from apps.sales.models import Channel, TaxClass


def living_channels(organization_id: UUID) -> QuerySet[Channel]:
    """Channels of an organization by their names."""
    return Channel.objects.filter(organization_id=organization_id, deleted_at__isnull=True).order_by("name", "pk")


def living_tax_classes(organization_id: UUID) -> QuerySet[TaxClass]:
    """Tax classes of an organization by their names."""
    return TaxClass.objects.filter(organization_id=organization_id, deleted_at__isnull=True).order_by("name", "pk")
