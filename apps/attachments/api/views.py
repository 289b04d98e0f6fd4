"""REST interface of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from apps.attachments import services
from apps.attachments.api.handing import handed_out, handing_schema
from apps.attachments.api.receiving import FORM, Upload, received
from apps.attachments.api.serializers import (
    AttachmentDetailSerializer,
    AttachmentSerializer,
    ClaimedSerializer,
    ClaimSerializer,
    RoomSerializer,
    UploadSerializer,
)
from apps.attachments.errors import FormExpected
from apps.attachments.models import Attachment
from apps.attachments.selectors.access import demand_place, living_attachments
from apps.attachments.selectors.handing import is_handed_out
from apps.attachments.selectors.quotas import room
from apps.attachments.services.attaching import allowed_name
from apps.attachments.services.links import Meant
from apps.attachments.services.quotas import demand_room
from apps.attachments.services.storing import discard, store
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.repeats import REPLAYED
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.tenancy.scope import scope_or_none


class AttachmentViewSet(CommandViewSet):
    """Files on the records that the caller may see, and the caller's own drafts.

    A file is added by a form (`multipart/form-data`) with the parts `file`, `entity`, `record_id` and `note`.
    """

    entity = Attachment.entity_id
    serializer_class = AttachmentSerializer
    filter_fields = ("entity", "record_id", "name", "content_type", "size", "uploaded_by", "created_at", "updated_at")
    ordering_fields = ("created_at", "updated_at", "name", "size", "position")
    default_ordering = "-created_at"
    create_command = services.create_attachment
    update_command = services.update_attachment
    delete_command = services.delete_attachment
    authenticated = "files are as open as the records that they are on"

    upload: Upload | None = None

    def get_queryset(self) -> models.QuerySet[Any]:
        """Files that the caller sees."""
        return living_attachments().select_related("file")

    def listed_rows(self, parameters: Mapping[str, Any]) -> models.QuerySet[Any]:
        """The same; where the caller asks for one kind of record, the others need not be looked at."""
        return living_attachments(entity=parameters.get("entity") or None)

    def get_parsers(self) -> list[Any]:
        """A form where a file is sent, JSON everywhere else."""
        return [MultiPartParser()] if self._is_upload() else super().get_parsers()

    def get_serializer_class(self) -> Any:
        """The form of an upload has fields of its own; addresses stand in details only, where they are fresh."""
        return AttachmentDetailSerializer if self.action == "retrieve" else AttachmentSerializer

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Read the form of somebody known before anybody else does, for the sake of a CSRF token among its fields."""
        if self._is_upload() and request.content_type == FORM and scope_or_none() is not None:
            self.upload = Upload(request)
        made: Request = super().initialize_request(request, *args, **kwargs)
        return made

    @extend_schema(request={FORM: UploadSerializer}, responses={201: AttachmentSerializer})
    def create(self, request: Request) -> Response:
        """Attach a file to a record, or keep it as a draft for one that is still to be made."""
        if self.upload is None:
            raise FormExpected
        self.upload.demand_readable()
        values = self.checked(request, serializer=UploadSerializer)
        given, place = values.pop("file"), {"record_id": None, **values}
        name = allowed_name(str(given.name))
        demand_place(place["entity"], place["record_id"])
        demand_room(given.size)
        file = store(received(given))
        try:
            command = services.create_attachment
            response = self.answered(command, file.pk, status=HTTP_201_CREATED, name=name, **place)
        except PlatformError:
            discard(file)
            raise
        if REPLAYED in response:
            discard(file)
        response["Location"] = self.reverse_action("detail", args=[response.data["id"]])
        return response

    @extend_schema(request=ClaimSerializer, responses={200: ClaimedSerializer})
    @action(detail=False, methods=["post"])
    def claim(self, request: Request) -> Response:
        """Give own drafts to a record of the kind that they were uploaded for."""
        values = self.checked(request, serializer=ClaimSerializer)
        return self.answered(services.claim_attachments, **values)

    @extend_schema(responses={200: RoomSerializer})
    @action(detail=False)
    def room(self, request: Request) -> Response:
        """How much room the tenant's files take, in bytes."""
        demand_known_parameters(request.query_params)
        found = room()
        return Response(RoomSerializer(found).data)

    @handing_schema
    @action(detail=True)
    def download(self, request: Request, pk: UUID) -> HttpResponseBase:
        """The file itself. One that is not handed out is not there."""
        demand_known_parameters(request.query_params)
        row = self.get_object()
        if not is_handed_out(row.file):
            raise RowNotFound
        return handed_out(request._request, Meant(row, thumbnail=0))

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is what it is, whatever the caller would rather have."""
        return super().perform_content_negotiation(request, force=force or self.action == "download")

    def _is_upload(self) -> bool:
        if getattr(self, "action", None):
            return self.action == "create"
        method = str(getattr(self.request, "method", "")).lower()
        return getattr(self, "action_map", {}).get(method) == "create"
