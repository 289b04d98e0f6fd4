"""REST interface of where people work, and of leads that become customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.serializers.work import (
    ChangedEmploymentSerializer,
    ConversionAnswer,
    ConversionSerializer,
    EmploymentAnswer,
    EmploymentsAnswer,
    EmploymentSerializer,
    shown_conversion,
    shown_employment,
    shown_employments,
)
from apps.customers.api.views.leading import LeadsOn
from apps.customers.features import MANAGE_PEOPLE, VIEW_COMPANIES, VIEW_PEOPLE
from apps.customers.models import Person, PersonCompany
from apps.customers.selectors import employments_of
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES

CHANGING = (MANAGE_PEOPLE, VIEW_COMPANIES)


class EmploymentsView(LeadsOn, PlainView):
    """Companies that a person works for."""

    moved = Person
    moves = ("get",)
    features: ClassVar[dict[str, tuple[str, ...]]] = {"get": (VIEW_PEOPLE, VIEW_COMPANIES), "post": CHANGING}

    @extend_schema(responses={200: EmploymentsAnswer})
    def get(self, request: Request, pk: UUID) -> Response:
        """All of them, the primary one first."""
        demand_known_parameters(request.query_params)
        _demand_person(pk)
        return Response({"results": shown_employments(employments_of(pk))})

    @extend_schema(request=EmploymentSerializer, responses={201: EmploymentAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Add a company; the first one is the primary one."""
        given = self.checked(EmploymentSerializer)
        _demand_person(pk)
        return self.answered(
            lambda: services.create_employment(person_id=pk, **given), shown_employment, status=status.HTTP_201_CREATED
        )


class EmploymentView(PlainView):
    """A company that a person works for."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {"patch": CHANGING, "delete": CHANGING}

    @extend_schema(request=ChangedEmploymentSerializer, responses={200: EmploymentAnswer})
    def patch(self, request: Request, pk: UUID, employment_id: UUID) -> Response:
        """Set the roles, or make the company the primary one."""
        given = self.checked(ChangedEmploymentSerializer, partial=True)
        _demand_link(pk, employment_id)
        return self.answered(lambda: services.update_employment(employment_id, **given), shown_employment)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, employment_id: UUID) -> Response:
        """Take the company away from the person."""
        _demand_link(pk, employment_id)
        return self.emptied(lambda: services.delete_employment(employment_id))


class ConversionView(PlainView):
    """A lead that becomes a customer."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_PEOPLE,)

    @extend_schema(request=ConversionSerializer, responses={200: ConversionAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Make a customer of the person, with a company and a deal where they are named, as one action."""
        given = self.checked(ConversionSerializer)
        return self.answered(
            lambda: services.convert_lead(pk, **given),
            lambda made: shown_conversion(made.person, made.company_id, made.deal),
            expected=expected_version(request),
        )


def _demand_person(person_id: UUID) -> None:
    if not ENTITIES[Person.entity_id].living().filter(pk=person_id).exists():
        raise RowNotFound


def _demand_link(person_id: UUID, employment_id: UUID) -> None:
    """Demand that the row, if it is there, is one that the caller sees with the person. Raises RowNotFound.

    One that is not there is the command's matter, which knows what was answered before.
    """
    is_there = PersonCompany.objects.filter(pk=employment_id).exists()
    if is_there and not employments_of(person_id).filter(pk=employment_id).exists():
        raise RowNotFound
