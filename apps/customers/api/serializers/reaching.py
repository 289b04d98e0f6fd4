"""Shapes of single e-mails, phones and addresses in the REST interface."""

from __future__ import annotations

from rest_framework import serializers

from apps.customers.api.serializers.records import OWN, AddressRow
from apps.customers.models import Address, ContactPoint, CustomerKind
from apps.kernel.api.serializers import StrictModelSerializer, StrictUUIDField


class OfCustomer(StrictModelSerializer):
    """What belongs to a customer; `customer_kind` says whether that is a person or a company."""

    customer_id = StrictUUIDField()
    customer_kind = serializers.ChoiceField(choices=CustomerKind.choices, source="customer.kind", read_only=True)


class ContactPointSerializer(OfCustomer):
    """An e-mail or a phone of a customer, in its normal form."""

    class Meta:
        model = ContactPoint
        fields = (*OWN, "customer_id", "customer_kind", "channel", "type", "value", "is_primary")


class ContactPointChangeSerializer(ContactPointSerializer):
    """What may be changed of an e-mail or a phone; whose it is stays."""

    customer_id = StrictUUIDField(read_only=True)


class CustomerAddressSerializer(OfCustomer):
    """A postal address of a customer."""

    class Meta:
        model = Address
        fields = (*OWN, "customer_id", "customer_kind", *AddressRow.Meta.fields[1:])


class CustomerAddressChangeSerializer(CustomerAddressSerializer):
    """What may be changed of an address; whose it is stays."""

    customer_id = StrictUUIDField(read_only=True)
