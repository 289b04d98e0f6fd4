"""Routes of the house, and beside them the same list as stock DRF serves it, and two views that do nothing."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.schemas import AutoSchema
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from apps.currencies.api.serializers.currencies import CurrencySerializer
from apps.currencies.models import Currency
from apps.customers.api.serializers import PersonListSerializer
from apps.customers.models import Person
from config.urls import urlpatterns as house


class StockSerializer(serializers.ModelSerializer[Any]):
    """The same fields."""

    class Meta:
        model = Currency
        fields = CurrencySerializer.Meta.fields


class Pages(PageNumberPagination):
    """Fifty at a time."""

    page_size = 50


class StockViewSet(ModelViewSet[Any]):
    """What DRF's documentation begins with: no sign-in, no scope, the same rows behind the same wall."""

    serializer_class: type[serializers.ModelSerializer[Any]] = StockSerializer
    pagination_class = Pages
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    renderer_classes = (JSONRenderer,)
    schema = AutoSchema()

    def get_queryset(self) -> models.QuerySet[Any]:
        """Rows that the wall lets through, told once for each connection."""
        _tell_once(self.request)
        return models.QuerySet(Currency).filter(deleted_at__isnull=True).order_by("code", "id")


class StockPersonSerializer(serializers.ModelSerializer[Any]):
    """The fields of the house's list, but for custom ones."""

    class Meta:
        model = Person
        fields = tuple(name for name in PersonListSerializer.Meta.fields if name != "custom_fields")


class StockPeople(StockViewSet):
    """The same for people."""

    serializer_class = StockPersonSerializer

    def get_queryset(self) -> models.QuerySet[Any]:
        """Rows that the wall lets through."""
        _tell_once(self.request)
        return models.QuerySet(Person).filter(deleted_at__isnull=True).order_by("display_name", "id")


def _tell_once(request: Request) -> None:
    told = request.headers["X-Bench-Tenant"], request.headers["X-Bench-Organizations"]
    connection.ensure_connection()
    if getattr(connection.connection, "agora_bench", None) != told:
        with connection.cursor() as cursor:  # scope: the baseline sets for its whole session what the house sets anew
            cursor.execute("SELECT set_config('app.tenant_id', %s, false), set_config('app.orgs', %s, false)", told)
        connection.connection.agora_bench = told


class Anybody(APIView):
    """Does nothing for anybody."""

    public = "a benchmark's baseline"

    def get(self, request: Request) -> Response:
        """Nothing."""
        return Response({})


class Staff(APIView):
    """Does nothing for whoever has signed in."""

    authenticated = "a benchmark's subject"

    def get(self, request: Request) -> Response:
        """Nothing."""
        return Response({})


urlpatterns: list[URLPattern | URLResolver] = [
    path("stock/currencies/", StockViewSet.as_view({"get": "list"})),
    path("stock/people/", StockPeople.as_view({"get": "list"})),
    path("bench/anybody/", Anybody.as_view()),
    path("bench/staff/", Staff.as_view()),
    *house,
]
