"""REST interface of actions: lists, details, undo plans, undo and redo."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK

from apps.audit_logs.api.filters import ActionFilter
from apps.audit_logs.api.serializers import (
    ActionAnswer,
    ActionSerializer,
    CascadeSerializer,
    DetailSerializer,
    PlanSerializer,
)
from apps.audit_logs.features import UNDO_SELF, VIEW_SELF
from apps.audit_logs.selectors import action_detail, undo_plan
from apps.audit_logs.services import redo_action, undo_action
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.history.visibility import readable_action, readable_actions, visible_actions
from apps.kernel.commands.models import Action, ActionUndo
from apps.kernel.commands.outcome import collected_actions


class ActionViewSet(CommandViewSet):
    """Everything that was written, newest first: own actions, everybody's with `audit_logs.view_tenant`."""

    entity = Action.entity_id
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    filter_fields = ("actor_id", "actor_kind", "command", "source", "correlation_id", "organization_id", "created_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    whole_details = True
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_SELF,),
        "retrieve": (VIEW_SELF,),
        "undo_plan": (VIEW_SELF,),
        "undo": (UNDO_SELF,),
        "redo": (UNDO_SELF,),
    }

    def get_queryset(self) -> QuerySet[Any]:
        """In the list outermost actions, or the parts of one; everywhere else the one that is named."""
        request = getattr(self, "request", None)
        if "pk" in getattr(self, "kwargs", {}):
            return readable_action(self.kwargs["pk"])
        asks_for_parts = request is not None and "parent" in request.query_params
        is_list = getattr(self, "action", None) == "list"
        return visible_actions() if is_list and not asks_for_parts else readable_actions()

    @extend_schema(responses={200: ActionAnswer})
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One action: what it changed, what ran inside it, and whether it may be undone."""
        demand_known_parameters(request.query_params)
        return Response(_detail(self.get_object()))

    @extend_schema(responses={200: PlanSerializer})
    @action(detail=True)
    def undo_plan(self, request: Request, pk: UUID) -> Response:
        """What undoing the action would do, what is in the way, and what the caller lacks. Writes nothing."""
        demand_known_parameters(request.query_params)
        return Response(PlanSerializer(undo_plan(self.get_object())).data)

    @extend_schema(request=CascadeSerializer, responses={200: ActionAnswer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: UUID) -> Response:
        """Take the action back; the answer is the new action."""
        values = self.checked(request, serializer=CascadeSerializer)
        return self.answered(undo_action, self.get_object(), **values)

    @extend_schema(request=CascadeSerializer, responses={200: ActionAnswer})
    @action(detail=True, methods=["post"])
    def redo(self, request: Request, pk: UUID) -> Response:
        """Take the undo of the action back; the answer is the new action."""
        values = self.checked(request, serializer=CascadeSerializer)
        return self.answered(redo_action, self.get_object(), **values)

    def record_of(self, result: Any, *, status: int = HTTP_200_OK) -> Any:
        """The undo of `result`: the last one, while it is being written; else the one that this request was."""
        done = collected_actions()
        written = ActionUndo.objects.filter(action_id=result.pk).order_by("-id").values_list("undo_id", flat=True)
        return _detail(Action.objects.get(pk=done[-1] if done else written[0]))


def _detail(row: Any) -> dict[str, Any]:
    detail = action_detail(row)
    row.is_undone = detail.state.is_undone
    return {**ActionSerializer(row).data, **DetailSerializer(detail).data}
