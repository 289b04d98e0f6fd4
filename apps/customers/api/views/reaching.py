"""REST interface of single e-mails, phones and addresses of customers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from apps.customers import services
from apps.customers.api.filters import AddressFilter, ContactPointFilter
from apps.customers.api.serializers.reaching import (
    ContactPointChangeSerializer,
    ContactPointSerializer,
    CustomerAddressChangeSerializer,
    CustomerAddressSerializer,
)
from apps.customers.features import EXPORT
from apps.customers.models import Address, ContactPoint
from apps.kernel.api.viewsets import CommandViewSet

CHANGES = frozenset({"update", "partial_update"})
SHARED = ("organization_id", "customer_id", "is_primary", "created_at", "updated_at")


class WayViewSet(CommandViewSet):
    """How people and companies are reached that the caller sees; a new row goes to its customer's organization."""

    authenticated = "how a customer is reached is as open as the customer: its kind says which features that needs"
    export_features = (EXPORT,)
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    change_serializer: ClassVar[Any]

    def get_queryset(self) -> models.QuerySet[Any]:
        """Rows that the caller sees, with their customers, whose kind is shown."""
        return super().get_queryset().select_related("customer")

    def get_serializer_class(self) -> Any:
        """Whose a row is cannot be changed."""
        return self.change_serializer if self.action in CHANGES else super().get_serializer_class()


class ContactPointViewSet(WayViewSet):
    """E-mails and phones of people and companies that the caller sees."""

    entity = ContactPoint.entity_id
    serializer_class = ContactPointSerializer
    change_serializer = ContactPointChangeSerializer
    filterset_class = ContactPointFilter
    filter_fields = (*SHARED, "channel", "type")
    create_command = services.create_contact_point
    update_command = services.update_contact_point
    delete_command = services.delete_contact_point


class AddressViewSet(WayViewSet):
    """Postal addresses of people and companies that the caller sees."""

    entity = Address.entity_id
    serializer_class = CustomerAddressSerializer
    change_serializer = CustomerAddressChangeSerializer
    filterset_class = AddressFilter
    filter_fields = (*SHARED, "purpose", "region", "country")
    create_command = services.create_address
    update_command = services.update_address
    delete_command = services.delete_address
