"""Shapes of deals in the REST interface: lists show a deal's own columns, details all that belongs to it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.api.serializers.records import OWN
from apps.customers.models import Deal, DealLine, StageTransition
from apps.customers.selectors import lines_of, seen_companies, seen_people
from apps.customers.services.deal_parts import MOST
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer, StrictUUIDField

DEAL = (
    "title",
    "description",
    "pipeline_id",
    "stage_id",
    "stage_since",
    "value_amount",
    "value_currency",
    "base_amount",
    "base_currency",
    "rate",
    "rate_date",
    "probability",
    "expected_close_on",
    "outcome",
    "closed_at",
    "loss_reason_id",
    "loss_notes",
    "owner_id",
    "source_id",
    "is_restricted",
)
READ_ONLY = (
    "stage_since",
    "base_amount",
    "base_currency",
    "rate",
    "rate_date",
    "outcome",
    "closed_at",
    "loss_reason_id",
    "loss_notes",
    "is_restricted",
)


class DealPersonRow(StrictSerializer):
    """A person of a deal, in a role or none."""

    person_id = StrictUUIDField()
    role_id = StrictUUIDField(required=False, allow_null=True)


class DealCompanyRow(StrictSerializer):
    """A company of a deal."""

    company_id = StrictUUIDField()


class DealLineRow(StrictModelSerializer):
    """A line of a deal; with the id of one that is there it changes that one."""

    id = StrictUUIDField(required=False)

    class Meta:
        model = DealLine
        fields = ("id", "title", "quantity", "unit_price")


class People(serializers.ListSerializer[Any]):
    """People of a deal."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, in the order in which they came."""
        return seen_people([instance.pk])


class Companies(serializers.ListSerializer[Any]):
    """Companies of a deal."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, in the order in which they came."""
        return seen_companies([instance.pk])


class Lines(serializers.ListSerializer[Any]):
    """Lines of a deal."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows, in their order."""
        return lines_of(instance.pk)


class DealListSerializer(StrictModelSerializer):
    """A deal in a list."""

    pipeline_id = StrictUUIDField(required=False)
    stage_id = StrictUUIDField(required=False)

    class Meta:
        model = Deal
        fields = (*OWN, *DEAL)
        read_only_fields = READ_ONLY


class DealSerializer(DealListSerializer):
    """A deal. Lists that are given take the place of those that are there; lines make the value."""

    people = People(child=DealPersonRow(), required=False, max_length=MOST)
    companies = Companies(child=DealCompanyRow(), required=False, max_length=MOST)
    lines = Lines(child=DealLineRow(), required=False, max_length=MOST)

    class Meta(DealListSerializer.Meta):
        fields = (*OWN, *DEAL, "people", "companies", "lines")  # type: ignore[assignment]


class DealMoveSerializer(StrictSerializer):
    """The stage that a deal is to come to; a pipeline beside it is one that the stage must belong to."""

    stage_id = StrictUUIDField()
    pipeline_id = StrictUUIDField(required=False, allow_null=True)


class DealLossSerializer(StrictSerializer):
    """Why a deal was lost."""

    loss_reason_id = StrictUUIDField(required=False, allow_null=True)
    loss_notes = StrictCharField(required=False, allow_blank=True, max_length=4000)


class TransitionSerializer(StrictModelSerializer):
    """A visit of a deal to a stage. `left_at` is null while it lasts."""

    deal_id = StrictUUIDField(read_only=True)
    from_stage_id = StrictUUIDField(read_only=True, allow_null=True)
    to_stage_id = StrictUUIDField(read_only=True)

    class Meta:
        model = StageTransition
        fields = (
            "id",
            "organization_id",
            "deal_id",
            "from_stage_id",
            "to_stage_id",
            "entered_at",
            "left_at",
            "by_id",
            "by",
        )
        read_only_fields = ("entered_at", "left_at", "by_id", "by")
