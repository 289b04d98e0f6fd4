"""Shapes of where people work, and of leads that become customers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from apps.customers.models import Deal, PersonCompany
from apps.customers.selectors import roles_at
from apps.customers.services.employment_roles import MOST_ROLES
from apps.kernel.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer, StrictUUIDField


class ChangedEmploymentSerializer(StrictSerializer):
    """All the roles from now on, or that the company is the primary one."""

    role_ids = serializers.ListField(child=StrictUUIDField(), required=False, max_length=MOST_ROLES)
    is_primary = StrictBooleanField(required=False)


class EmploymentSerializer(ChangedEmploymentSerializer):
    """A company that a person works for, in any number of roles."""

    company_id = StrictUUIDField()


class EmploymentAnswer(serializers.Serializer[Any]):
    """Where a person works."""

    id = serializers.UUIDField()
    company_id = serializers.UUIDField()
    company = serializers.CharField()
    role_ids = serializers.ListField(child=serializers.UUIDField())
    is_primary = serializers.BooleanField()


class EmploymentsAnswer(serializers.Serializer[Any]):
    """All of it, the primary one first."""

    results = EmploymentAnswer(many=True)


class ConversionSerializer(StrictSerializer):
    """What is made of a lead: with a company that is there or a new one, and with a deal that has a title."""

    company_id = StrictUUIDField(required=False, allow_null=True)
    company_name = StrictCharField(required=False, allow_blank=True, max_length=200)
    deal_title = StrictCharField(required=False, allow_blank=True, max_length=200)
    pipeline_id = StrictUUIDField(required=False, allow_null=True)
    stage_id = StrictUUIDField(required=False, allow_null=True)
    value_amount = serializers.DecimalField(max_digits=19, decimal_places=4, required=False, allow_null=True)
    value_currency = StrictCharField(required=False, allow_blank=True, max_length=3)
    expected_close_on = serializers.DateField(required=False, allow_null=True)


class ConversionAnswer(serializers.Serializer[Any]):
    """What the lead has become."""

    person_id = serializers.UUIDField()
    lifecycle_stage_id = serializers.UUIDField(allow_null=True)
    company_id = serializers.UUIDField(allow_null=True)
    deal_id = serializers.UUIDField(allow_null=True)


def shown_employments(rows: Iterable[PersonCompany]) -> list[dict[str, Any]]:
    """Where people work, as JSON; one query for all roles."""
    rows = list(rows)
    roles = roles_at([row.pk for row in rows])
    return [
        {
            "id": str(row.pk),
            "company_id": str(row.company_id),
            "company": row.company.display_name,
            "role_ids": [str(item) for item in roles.get(row.pk, ())],
            "is_primary": row.is_primary,
        }
        for row in rows
    ]


def shown_employment(row: PersonCompany) -> dict[str, Any]:
    """Where a person works, as JSON."""
    [shown] = shown_employments([row])
    return shown


def shown_conversion(person: Any, company_id: Any, deal: Deal | None) -> dict[str, Any]:
    """What the lead has become, as JSON."""
    stage = person.lifecycle_stage_id
    return {
        "person_id": str(person.pk),
        "lifecycle_stage_id": None if stage is None else str(stage),
        "company_id": None if company_id is None else str(company_id),
        "deal_id": None if deal is None else str(deal.pk),
    }
