"""REST interface of definitions of custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.entities import services
from apps.entities.api.filters import DefinitionFilters
from apps.entities.api.serializers.definitions import DefinitionSerializer, FieldAnswer, FieldsAnswer, ReorderSerializer
from apps.entities.contracts import FieldBook
from apps.entities.features import MANAGE, VIEW
from apps.entities.models import FieldDefinition
from apps.entities.selectors import entities_with_fields, living_definitions, visible_definitions
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.serializers import Empty
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.services import service


class DefinitionViewSet(CommandViewSet):
    """Custom fields of the tenant, and of the organizations that the caller sees."""

    entity = FieldDefinition.entity_id
    serializer_class = DefinitionSerializer
    filterset_class = DefinitionFilters
    filter_fields = (
        "entity",
        "key",
        "label",
        "kind",
        "group",
        "for_organization_id",
        "is_required",
        "is_listed",
        "is_encrypted",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("order", "label", "created_at")
    default_ordering = "order"
    create_command = services.create_definition
    update_command = services.update_definition
    delete_command = services.delete_definition
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "counting": (VIEW,),
        "create": (MANAGE,),
        "update": (MANAGE,),
        "partial_update": (MANAGE,),
        "destroy": (MANAGE,),
        "restore": (MANAGE,),
        "purge": (MANAGE,),
        "reorder": (MANAGE,),
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Living definitions that the caller sees."""
        return living_definitions()

    def listed_rows(self, parameters: Mapping[str, Any]) -> QuerySet[Any]:
        """Deleted ones too, where the filter asks for them."""
        return visible_definitions() if "is_deleted" in parameters else living_definitions()

    @extend_schema(
        parameters=[OpenApiParameter("entity", str, required=True, description="Id of the kind of record.")],
        responses={200: FieldsAnswer},
    )
    @action(detail=False, url_path="fields")
    def counting(self, request: Request) -> Response:
        """The fields of one kind of record as they count here, those that modules declare included."""
        demand_known_parameters(request.query_params, {"entity"})
        entity = request.query_params.get("entity", "")
        if entity not in entities_with_fields():
            text = _("Records of this kind have no custom fields.")
            raise InvalidInput(errors=(FieldError("entity", "entities.definition.entity_unknown", text),))
        fields = service(FieldBook).fields_of(entity)
        return Response({"results": FieldAnswer(fields, many=True).data})

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring a deleted field back, with the values that records still hold."""
        return self.pressed(request, services.restore_definition, pk)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["post"])
    def purge(self, request: Request, pk: UUID) -> Response:
        """Remove a deleted field with everything that records hold of it."""
        self.checked(request, serializer=Empty)
        return self.answered(services.purge_definition, pk, status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ReorderSerializer, responses={200: FieldsAnswer})
    @action(detail=False, methods=["post"])
    def reorder(self, request: Request) -> Response:
        """Put the fields of one kind of record into an order."""
        values = self.checked(request, serializer=ReorderSerializer)
        return self.answered(services.reorder_definitions, **values)
