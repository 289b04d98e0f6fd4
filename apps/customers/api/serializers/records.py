"""Shapes of customers in the REST interface: lists show a customer's own columns, details all that belongs to it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.models import Address, Company, ContactPoint, Person
from apps.customers.selectors import addresses_of, groups_of, points_of, tags_of
from apps.customers.services.lists import MOST_ROWS
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictUUIDField

OWN = ("id", "organization_id", "version", "created_at", "updated_at")
SHARED = (
    "display_name",
    "description",
    "owner_id",
    "status_id",
    "lifecycle_stage_id",
    "source_id",
    "temperature_id",
    "is_restricted",
)
PARTS = ("contact_points", "addresses", "tag_ids", "group_ids")
MOST_MARKS = 100


class ContactPointRow(StrictModelSerializer):
    """An e-mail or a phone; with the id of one that is there it changes that one."""

    id = StrictUUIDField(required=False)

    class Meta:
        model = ContactPoint
        fields = ("id", "channel", "type", "value", "is_primary")


class AddressRow(StrictModelSerializer):
    """A postal address; with the id of one that is there it changes that one."""

    id = StrictUUIDField(required=False)

    class Meta:
        model = Address
        fields = (
            "id",
            "purpose",
            "is_primary",
            "recipient",
            "line1",
            "line2",
            "postal_code",
            "city",
            "region",
            "country",
        )


class Points(serializers.ListSerializer[Any]):
    """E-mails and phones of a customer."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, primary ones first."""
        return points_of([instance.pk]).get(instance.pk, [])


class Addresses(serializers.ListSerializer[Any]):
    """Addresses of a customer."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, primary ones first."""
        return addresses_of([instance.pk]).get(instance.pk, [])


class TagIds(serializers.ListField):
    """Ids of a customer's tags."""

    def get_attribute(self, instance: Any) -> Any:
        """The ids."""
        return [str(item) for item in tags_of([instance.pk]).get(instance.pk, [])]


class GroupIds(serializers.ListField):
    """Ids of the groups that a customer is in."""

    def get_attribute(self, instance: Any) -> Any:
        """The ids."""
        return [str(item) for item in groups_of([instance.pk]).get(instance.pk, [])]


class CustomerSerializer(StrictModelSerializer):
    """What people and companies have beside their own columns."""

    contact_points = Points(child=ContactPointRow(), required=False, max_length=MOST_ROWS)
    addresses = Addresses(child=AddressRow(), required=False, max_length=MOST_ROWS)
    tag_ids = TagIds(child=StrictUUIDField(), required=False, max_length=MOST_MARKS)
    group_ids = GroupIds(child=StrictUUIDField(), required=False, max_length=MOST_MARKS)

    class Meta:
        read_only_fields: tuple[str, ...] = ("is_restricted",)

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        """Let null clear every text that may be empty."""
        kind, words = super().build_standard_field(field_name, model_field)
        return kind, {**words, "allow_null": True} if words.get("allow_blank") else words

    def to_internal_value(self, data: Any) -> Any:
        """The checked values, a cleared text as the empty one."""
        values = super().to_internal_value(data)
        texts = {name for name, field in self.fields.items() if isinstance(field, serializers.CharField)}
        return {name: "" if value is None and name in texts else value for name, value in values.items()}


PERSON = (
    "first_name",
    "last_name",
    "preferred_name",
    "job_title",
    "department",
    "seniority",
    "time_zone",
    "linkedin_url",
)
COMPANY = (
    "legal_name",
    "brand_name",
    "tax_id",
    "domain",
    "website_url",
    "industry_id",
    "size_bucket",
    "annual_revenue",
    "annual_revenue_currency",
    "parent_id",
)


class PersonListSerializer(StrictModelSerializer):
    """A person in a list."""

    class Meta:
        model = Person
        fields = (*OWN, *SHARED, *PERSON)
        read_only_fields = ("is_restricted",)


class PersonSerializer(CustomerSerializer):
    """A person. Lists that are given take the place of those that are there."""

    class Meta(CustomerSerializer.Meta):
        model = Person
        fields = (*OWN, *SHARED, *PERSON, *PARTS)


class CompanyListSerializer(StrictModelSerializer):
    """A company in a list."""

    parent_id = StrictUUIDField(allow_null=True, required=False)

    class Meta:
        model = Company
        fields = (*OWN, *SHARED, *COMPANY)
        read_only_fields = ("is_restricted",)


class CompanySerializer(CustomerSerializer):
    """A company. Lists that are given take the place of those that are there; a domain may be given as an address."""

    domain = StrictCharField(max_length=300, required=False, allow_blank=True, allow_null=True)
    parent_id = StrictUUIDField(allow_null=True, required=False)

    class Meta(CustomerSerializer.Meta):
        model = Company
        fields = (*OWN, *SHARED, *COMPANY, *PARTS)
