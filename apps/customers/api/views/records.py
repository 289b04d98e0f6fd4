"""REST interface of people and companies."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.filters import CustomerFilters
from apps.customers.api.serializers import (
    CompanyListSerializer,
    CompanySerializer,
    PersonListSerializer,
    PersonSerializer,
)
from apps.customers.api.views.duplicates import MergingViewSet
from apps.customers.api.views.privacy import PRIVACY, PURGE, PersonPrivacy, PurgedRecords
from apps.customers.api.views.restricting import RestrictedRecords, restricting
from apps.customers.features import EXPORT, MANAGE_COMPANIES, MANAGE_PEOPLE, MERGE, VIEW_COMPANIES, VIEW_PEOPLE
from apps.customers.models import Company, Person
from apps.customers.selectors.exporting import COMPANY_COLUMNS, PERSON_COLUMNS, company_cells, person_cells
from apps.kernel.api.exporting.parts import ExportParts
from apps.kernel.api.guarding import guarded

SHARED = (
    "organization_id",
    "display_name",
    "owner_id",
    "status_id",
    "lifecycle_stage_id",
    "source_id",
    "temperature_id",
    "created_at",
    "updated_at",
)


class PersonViewSet(PersonPrivacy, PurgedRecords, RestrictedRecords, MergingViewSet):
    """People of the selected organizations; new ones go to the one that is selected."""

    entity = Person.entity_id
    moved = Person
    moves = (*MergingViewSet.moves, "consents")
    export_features = (EXPORT,)
    export_parts = ExportParts(PERSON_COLUMNS, person_cells)
    serializer_class = PersonSerializer
    filterset_class = CustomerFilters
    filter_fields = (*SHARED, "first_name", "last_name", "job_title", "department", "seniority")
    ordering_fields = ("display_name", "last_name", "created_at", "updated_at")
    default_ordering = "display_name"
    create_command = services.create_person
    update_command = services.update_person
    delete_command = services.delete_person
    merge_command = services.merge_people
    purge_command = services.purge_person
    restriction = services.PEOPLE
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_PEOPLE,
        manage=MANAGE_PEOPLE,
        restore=(MANAGE_PEOPLE,),
        **PRIVACY,
        **restricting(MANAGE_PEOPLE),
        **PURGE,
        merge=(MERGE,),
    )

    def get_serializer_class(self) -> Any:
        """Lists show a person's own columns."""
        return PersonListSerializer if self.action == "list" else super().get_serializer_class()

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring a deleted person back."""
        return self.pressed(request, services.restore_person, pk)


class CompanyViewSet(PurgedRecords, RestrictedRecords, MergingViewSet):
    """Companies of the selected organizations; new ones go to the one that is selected."""

    entity = Company.entity_id
    moved = Company
    export_features = (EXPORT,)
    export_parts = ExportParts(COMPANY_COLUMNS, company_cells)
    serializer_class = CompanySerializer
    filterset_class = CustomerFilters
    filter_fields = (*SHARED, "legal_name", "brand_name", "domain", "industry_id", "size_bucket", "parent_id")
    ordering_fields = ("display_name", "domain", "created_at", "updated_at")
    default_ordering = "display_name"
    create_command = services.create_company
    update_command = services.update_company
    delete_command = services.delete_company
    merge_command = services.merge_companies
    purge_command = services.purge_company
    restriction = services.COMPANIES
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_COMPANIES,
        manage=MANAGE_COMPANIES,
        restore=(MANAGE_COMPANIES,),
        **restricting(MANAGE_COMPANIES),
        **PURGE,
        merge=(MERGE,),
    )

    def get_serializer_class(self) -> Any:
        """Lists show a company's own columns."""
        return CompanyListSerializer if self.action == "list" else super().get_serializer_class()

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring a deleted company back."""
        return self.pressed(request, services.restore_company, pk)
