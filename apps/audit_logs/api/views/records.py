"""REST interface of histories: what happened to one record, field by field if wanted."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit_logs.api.filters import HistoryFilter, demand_column
from apps.audit_logs.api.serializers import ActionSerializer, HistoryAnswer, RowChangeSerializer
from apps.audit_logs.features import VIEW_SELF
from apps.audit_logs.selectors import demand_record, known_entity, page_diffs
from apps.kernel.api.reading.reader import listed
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.commands.history.records import Column, touching_record
from apps.kernel.commands.history.visibility import visible_actions
from apps.kernel.commands.models import Action
from apps.kernel.registry.entities import Entity


class RecordHistoryViewSet(ReadingViewSet):
    """Actions of one record with what they changed; the same rights as the list of actions."""

    entity = Action.entity_id
    serializer_class = ActionSerializer
    filterset_class = HistoryFilter
    filter_fields = ("actor_id", "actor_kind", "command", "source", "created_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    paged = ("history",)
    features: ClassVar[dict[str, tuple[str, ...]]] = {"history": (VIEW_SELF,)}

    @extend_schema(responses=HistoryAnswer)
    def history(self, request: Request, kind: str, pk: UUID) -> Response:
        """A page of the record's history; `field` shows what became of one field, `related` what belongs to it."""
        entity = known_entity(kind)
        demand_record(entity, pk)
        field = request.query_params.get("field", "")
        column = demand_column(entity.model, field) if field else None
        related = request.query_params.get("related") == "true"
        response, ids = listed(request, _rows(entity, pk, column, related=related), self.shape(), self)
        changes = page_diffs(ids, pk, model=entity.model, column=column)
        for record, action_id in zip(response.data["results"], ids, strict=True):
            record["changes"] = RowChangeSerializer(changes.get(action_id, ()), many=True).data
        return response


def _rows(entity: Entity, record_id: UUID, column: Column | None, *, related: bool) -> QuerySet[Any]:
    return touching_record(visible_actions(), record_id, model=entity.model, related=related, column=column)
