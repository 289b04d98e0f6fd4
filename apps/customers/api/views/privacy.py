"""REST interface of what people may demand: consents, everything known about them, and to be erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.serializers.privacy import (
    ConsentEntry,
    ConsentsAnswer,
    ConsentSerializer,
    ErasureOrder,
    ErasureSerializer,
    ExportAccepted,
)
from apps.customers.features import ERASE, EXPORT, EXPORT_SUBJECTS, MANAGE_PEOPLE, VIEW_PEOPLE
from apps.customers.models import Consent, ConsentState
from apps.customers.selectors import consents_of, current_of
from apps.customers.selectors.exporting import CONSENT_COLUMNS, consent_cells
from apps.kernel.api.exporting.parts import ExportParts
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.serializers import Empty
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.models import Erasure

PRIVACY: dict[str, tuple[str, ...]] = {
    "consents": (VIEW_PEOPLE,),
    "write_consent": (MANAGE_PEOPLE,),
    "erase": (ERASE,),
}
PURGE: dict[str, tuple[str, ...]] = {"purge": (ERASE,)}
SHAPES: dict[str, Any] = {
    "consents": ConsentSerializer,
    "write_consent": ConsentSerializer,
    "erase": ErasureSerializer,
}


class PurgedRecords(CommandViewSet):
    """What was deleted can be deleted for good."""

    purge_command: ClassVar[Callable[..., Any]]

    @extend_schema(request=Empty, responses={204: None})
    @action(detail=True, methods=["post"])
    def purge(self, request: Request, pk: UUID) -> Response:
        """Delete a deleted record for good, with all that belongs to it. The history keeps what it says."""
        self.checked(request, serializer=Empty)
        return self.answered(type(self).purge_command, pk, status=status.HTTP_204_NO_CONTENT)


class PersonPrivacy(CommandViewSet):
    """Actions on a person that have to do with what the person may demand."""

    def get_serializer_class(self) -> Any:
        """Consents and certificates are shown as what they are."""
        return SHAPES.get(self.action) or super().get_serializer_class()

    @extend_schema(responses={200: ConsentsAnswer})
    @action(detail=True)
    def consents(self, request: Request, pk: UUID) -> Response:
        """What the person has agreed to and withdrawn: what holds now, and the whole ledger."""
        demand_known_parameters(request.query_params)
        ledger = consents_of(self.get_object().pk)
        self.note_read([pk], how="detail")
        return Response(
            {
                "current": ConsentSerializer(current_of(ledger), many=True).data,
                "history": ConsentSerializer(ledger, many=True).data,
            }
        )

    @extend_schema(request=ConsentEntry, responses={201: ConsentSerializer})
    @consents.mapping.post
    def write_consent(self, request: Request, pk: UUID) -> Response:
        """Write down that the person agrees (`given`), or agrees no longer (`withdrawn`)."""
        values = self.checked(request, serializer=ConsentEntry)
        is_given = values.pop("state") == ConsentState.GIVEN
        write = services.give_consent if is_given else services.withdraw_consent
        return self.answered(write, pk, status=status.HTTP_201_CREATED, **values)

    @extend_schema(request=ErasureOrder, responses={200: ErasureSerializer})
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: UUID) -> Response:
        """Erase the person for good, and give the certificate. Nothing brings them back."""
        return self.answered(services.erase_person, pk, **self.checked(request, serializer=ErasureOrder))


class ConsentViewSet(ReadingViewSet):
    """The ledgers of all people, newest first; as a file it is what may be sent to whom."""

    entity = Consent.entity_id
    serializer_class = ConsentSerializer
    filter_fields = ("organization_id", "customer_id", "purpose_id", "channel", "state", "at", "created_at")
    ordering_fields = ("at", "created_at")
    default_ordering = "-at"
    export_features = (EXPORT,)  # files name people with their e-mails
    export_parts = ExportParts(CONSENT_COLUMNS, consent_cells)
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (VIEW_PEOPLE,), "retrieve": (VIEW_PEOPLE,)}


class ErasureViewSet(ReadingViewSet):
    """Certificates of erasures, newest first."""

    entity = Erasure.entity_id
    serializer_class = ErasureSerializer
    filter_fields = ("organization_id", "subject_id", "subject_entity", "created_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (ERASE,), "retrieve": (ERASE,)}


class SubjectExportView(PlainView):
    """Everything that is held about a person."""

    features: ClassVar[tuple[str, ...]] = (EXPORT_SUBJECTS,)

    @extend_schema(request=Empty, responses={202: ExportAccepted})
    def post(self, request: Request, pk: UUID) -> Response:
        """Queue the file: a ZIP with a summary to read, the data as JSON, and files. Who asked downloads it."""
        self.checked(Empty)
        return self.queued(lambda: services.export_person(pk))
