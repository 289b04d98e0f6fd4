"""REST interface of dashboards."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards import services
from apps.dashboards.api.serializers import (
    CatalogAnswer,
    DashboardChoiceSerializer,
    DashboardCopySerializer,
    DashboardRolesSerializer,
    DashboardSerializer,
    DataAnswer,
    DataQuestion,
    FiguresAnswer,
    FiguresQuestion,
    PeriodSerializer,
    ShareSerializer,
    StartAnswer,
)
from apps.dashboards.api.showing import shown_answer, shown_source, shown_state, shown_widget
from apps.dashboards.contracts import Question
from apps.dashboards.features import MANAGE, ROLE_DEFAULTS, SHARE, VIEW
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.answering import answer
from apps.dashboards.selectors.boards import start_dashboard
from apps.dashboards.selectors.catalog import STANDARD_PERIOD, open_widgets, standard_items
from apps.dashboards.selectors.running import Shown, State, shown_items
from apps.dashboards.selectors.sources import sources
from apps.dashboards.selectors.zones import asked_period
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.extensions.periods import Period


class DashboardViewSet(CommandViewSet):
    """Dashboards of the caller, and those that are shared with them."""

    entity = Dashboard.entity_id
    serializer_class = DashboardSerializer
    filter_fields = ("owner_id", "name", "is_shared", "created_at", "updated_at")
    ordering_fields = ("name", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_dashboard
    update_command = services.update_dashboard
    delete_command = services.delete_dashboard
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "create": (MANAGE,),
        "update": (MANAGE,),
        "partial_update": (MANAGE,),
        "destroy": (MANAGE,),
        "data": (VIEW,),
        "share": (SHARE,),
        "copy": (MANAGE,),
        "choose": (VIEW,),
        "role_defaults": (ROLE_DEFAULTS,),
    }

    @extend_schema(parameters=[PeriodSerializer], responses={200: DataAnswer})
    @action(detail=True)
    def data(self, request: Request, pk: UUID) -> Response:
        """What the dashboard's widgets show: those that are for the caller, in their order."""
        demand_known_parameters(request.query_params, PeriodSerializer().fields)
        asked = PeriodSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        dashboard = self.get_object()
        period = _period(asked.validated_data, dashboard.period)
        return Response(_data_answer(period, shown_items(dashboard.items, period)))

    @extend_schema(request=ShareSerializer, responses={200: DashboardSerializer})
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: UUID) -> Response:
        """Share the dashboard with everybody, with roles, or with nobody any more."""
        return self.answered(services.share_dashboard, pk, **self.checked(request, serializer=ShareSerializer))

    @extend_schema(request=DashboardCopySerializer, responses={201: DashboardSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: UUID) -> Response:
        """Make a dashboard of the caller's own like this one."""
        values = self.checked(request, serializer=DashboardCopySerializer)
        return self.answered(services.copy_dashboard, pk, status=status.HTTP_201_CREATED, **values)

    @extend_schema(request=DashboardChoiceSerializer, responses={200: DashboardSerializer})
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: UUID) -> Response:
        """Put the dashboard on the caller's start page, or take it off."""
        return self.answered(
            services.choose_dashboard, pk, **self.checked(request, serializer=DashboardChoiceSerializer)
        )

    @extend_schema(request=DashboardRolesSerializer, responses={200: DashboardSerializer})
    @action(detail=True, methods=["post"])
    def role_defaults(self, request: Request, pk: UUID) -> Response:
        """Put the dashboard on the start page of these roles, and of no others."""
        return self.answered(
            services.set_role_defaults, pk, **self.checked(request, serializer=DashboardRolesSerializer)
        )


class StartView(PlainView):
    """The dashboard of the caller's start page."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(responses={200: StartAnswer})
    def get(self, request: Request) -> Response:
        """The caller's own choice, else their roles', else the standard one, whose `id` is null."""
        demand_known_parameters(request.query_params, {"format"})
        found = start_dashboard()
        if found is None:
            return Response({"id": None, "name": "", "period": STANDARD_PERIOD, "items": _standard()})
        return Response({"id": str(found.pk), "name": found.name, "period": found.period, "items": found.items})


def _standard() -> list[dict[str, Any]]:
    return [{name: value for name, value in item.items() if name != "id"} for item in standard_items()]


class CatalogView(PlainView):
    """What may stand on a dashboard."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(responses={200: CatalogAnswer})
    def get(self, request: Request) -> Response:
        """Widgets, and kinds of record with figures, that are for the caller."""
        demand_known_parameters(request.query_params, {"format"})
        return Response(
            {"widgets": list(map(shown_widget, open_widgets())), "figures": list(map(shown_source, sources()))}
        )


class DataView(PlainView):
    """What widgets show, without a dashboard."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)
    keyless: ClassVar[tuple[str, ...]] = ("post",)

    @extend_schema(request=DataQuestion, responses={200: DataAnswer})
    def post(self, request: Request) -> Response:
        """Ask up to 30 widgets at once; what fails or hangs says so, and the others answer."""
        values = self.checked(DataQuestion)
        period = _period(values, STANDARD_PERIOD)
        items = [
            {
                "id": item.get("id", str(place)),
                "widget": item["widget"],
                "title": "",
                "settings": item.get("settings", {}),
            }
            for place, item in enumerate(values["widgets"])
        ]
        found = {shown.item["id"]: shown for shown in shown_items(items, period)}
        shown = [found.get(item["id"]) or Shown(item, State.MISSING) for item in items]
        return Response(_data_answer(period, shown))


class FiguresView(PlainView):
    """Figures of records."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)
    keyless: ClassVar[tuple[str, ...]] = ("post",)

    @extend_schema(request=FiguresQuestion, responses={200: FiguresAnswer})
    def post(self, request: Request) -> Response:
        """Count, add up or average records of a kind, by time or by what tells them apart, in the tenant's days."""
        values = self.checked(FiguresQuestion)
        question = Question(
            entity=values["entity"],
            aggregate=values.get("aggregate", "count"),
            measure=values.get("field", ""),
            group_by=values.get("group_by", ""),
            granularity=values.get("granularity", ""),
            condition=values.get("filter"),
            limit=values.get("limit", 10),
            date=values.get("date", ""),
            comparison=values.get("comparison", ""),
        )
        return Response(shown_answer(answer(question, _period(values, STANDARD_PERIOD))))


def _period(values: dict[str, Any], usual: str) -> Period:
    return asked_period(values.get("period", usual), start=values.get("start"), end=values.get("end"))


def _data_answer(period: Period, shown: list[Shown]) -> dict[str, Any]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "results": [shown_state(item) for item in shown],
    }
