"""REST interface of who may see a record: the same actions for every kind that may be restricted."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers.api.serializers.restricting import (
    RecordHolderAnswer,
    RecordHoldersAnswer,
    RecordHolderSerializer,
    RecordShareSerializer,
)
from apps.customers.services.restricting import Restriction
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.ports import ObjectSharing
from apps.kernel.services import service

WRITING = ("restrict", "unrestrict", "share", "unshare")


def restricting(manage: str) -> dict[str, tuple[str, ...]]:
    """Features of the actions: who sees a record is the business of those who may change it."""
    return dict.fromkeys(("holders", *WRITING), (manage,))


class RestrictedRecords(CommandViewSet):
    """Actions on records that may be restricted."""

    restriction: ClassVar[Restriction]

    @extend_schema(responses={200: RecordHoldersAnswer})
    @action(detail=True)
    def holders(self, request: Request, pk: UUID) -> Response:
        """To whom the record was granted. Of one that is not restricted the grants say nothing yet."""
        demand_known_parameters(request.query_params)
        record = self.get_object()
        found = RecordHolderAnswer(service(ObjectSharing).holders(record), many=True).data
        return Response({"is_restricted": record.is_restricted, "holders": found})

    @action(detail=True, methods=["post"])
    def restrict(self, request: Request, pk: UUID) -> Response:
        """Hide the record from everybody without a grant; the caller keeps theirs."""
        return self.pressed(request, self.restriction.restrict, pk)

    @action(detail=True, methods=["post"])
    def unrestrict(self, request: Request, pk: UUID) -> Response:
        """Show the record to everybody again, and take all grants away."""
        return self.pressed(request, self.restriction.unrestrict, pk)

    @extend_schema(request=RecordShareSerializer)
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: UUID) -> Response:
        """Let a user or a role see the record (`view`), or change it too (`change`)."""
        return self.answered(self.restriction.share, pk, **self.checked(request, serializer=RecordShareSerializer))

    @extend_schema(request=RecordHolderSerializer)
    @action(detail=True, methods=["post"])
    def unshare(self, request: Request, pk: UUID) -> Response:
        """Take the grant of a user or a role away."""
        return self.answered(self.restriction.unshare, pk, **self.checked(request, serializer=RecordHolderSerializer))
