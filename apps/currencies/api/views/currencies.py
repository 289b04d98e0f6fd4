"""REST interface of currencies."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.currencies import services
from apps.currencies.api.serializers.currencies import (
    AddedAnswer,
    ChoicesAnswer,
    CodesSerializer,
    CurrencySerializer,
    MasterAnswer,
)
from apps.currencies.calculations import MasterCurrency, master
from apps.currencies.features import MANAGE, VIEW
from apps.currencies.models import Currency
from apps.currencies.selectors import living_currencies
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.tenancy.scope import current_scope


class CurrencyViewSet(CommandViewSet):
    """Currencies of the selected organizations; new ones go to the one that is selected."""

    entity = Currency.entity_id
    serializer_class = CurrencySerializer
    filter_fields = ("organization_id", "code", "name", "is_active", "is_base", "created_at", "updated_at")
    ordering_fields = ("code", "name", "created_at", "updated_at")
    default_ordering = "code"
    create_command = services.create_currency
    update_command = services.update_currency
    delete_command = services.delete_currency
    bulk_commands: ClassVar[dict[str, Any]] = {
        "activate": services.activate_currency,
        "deactivate": services.deactivate_currency,
    }
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "choices": (VIEW,),
        "master": (VIEW,),
        "create": (MANAGE,),
        "update": (MANAGE,),
        "partial_update": (MANAGE,),
        "destroy": (MANAGE,),
        "activate": (MANAGE,),
        "deactivate": (MANAGE,),
        "set_base": (MANAGE,),
        "add_from_master": (MANAGE,),
    }

    @extend_schema(responses={200: ChoicesAnswer})
    @action(detail=False, url_path="options")
    def choices(self, request: Request) -> Response:
        """Active currencies as choices: of the selected organization, of all that are seen without one."""
        demand_known_parameters(request.query_params)
        rows = living_currencies(current_scope().organization_id).filter(is_active=True)
        return Response({"results": [_choice(row) for row in rows.order_by("code", "pk")]})

    @extend_schema(responses={200: MasterAnswer})
    @action(detail=False)
    def master(self, request: Request) -> Response:
        """The world's current currencies, for `add_from_master/`."""
        demand_known_parameters(request.query_params)
        return Response({"results": [_known(item) for item in master()]})

    @extend_schema(request=CodesSerializer, responses={201: AddedAnswer})
    @action(detail=False, methods=["post"])
    def add_from_master(self, request: Request) -> Response:
        """Add currencies from the world's list; those that are there already are left alone."""
        values = self.checked(request, serializer=CodesSerializer)
        return self.answered(services.add_from_master, status=status.HTTP_201_CREATED, **values)

    @action(detail=True, methods=["post"])
    def set_base(self, request: Request, pk: UUID) -> Response:
        """Make the currency the base of its organization."""
        return self.pressed(request, services.set_base_currency, pk)

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: UUID) -> Response:
        """Offer the currency again."""
        return self.pressed(request, services.activate_currency, pk)

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: UUID) -> Response:
        """Offer the currency no longer."""
        return self.pressed(request, services.deactivate_currency, pk)


def _choice(row: Currency) -> dict[str, Any]:
    return {
        "value": row.code,
        "label": str(row),
        "symbol": row.symbol,
        "decimal_places": row.decimal_places,
        "is_base": row.is_base,
        "id": str(row.pk),
        "organization_id": str(row.organization_id),
    }


def _known(item: MasterCurrency) -> dict[str, Any]:
    return {
        "code": item.code,
        "names": dict(item.names),
        "symbol": item.symbol,
        "decimal_places": item.decimal_places,
        "decimal_separator": item.decimal_separator,
        "group_separator": item.group_separator,
    }
