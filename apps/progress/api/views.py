"""REST interface of long jobs: watching, cancelling, fetching what they left."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.exporting.streams import file_response
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import Forbidden
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import ReadLog
from apps.kernel.services import service
from apps.kernel.tenancy.scope import ActorKind, scope_or_none
from apps.progress.api.filters import JobFilter
from apps.progress.api.serializers import JobSerializer
from apps.progress.models import Job
from apps.progress.selectors import own_jobs, visible_jobs
from apps.progress.services import cancel_job

CALLERS = frozenset({ActorKind.STAFF, ActorKind.API_KEY})
UNKNOWN_TYPE = "application/octet-stream"
# No browser opens the file in place, whatever is in it.
NEVER_IN_PLACE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


class JobViewSet(CommandViewSet):
    """Own jobs, newest first; everybody's of the tenant with `progress.jobs.view_all`."""

    entity = Job.entity_id
    serializer_class = JobSerializer
    filter_fields = ("status", "kind", "parent_id", "created_at")
    filterset_class = JobFilter
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    authenticated = "whoever asked for a job may watch it; other people's are kept from them"

    def check_permissions(self, request: Request) -> None:
        """Staff and API keys only: customers start no long jobs. Raises Forbidden."""
        super().check_permissions(request)
        scope = scope_or_none()  # none where the method leads nowhere: 405 follows
        if scope is not None and scope.actor.kind not in CALLERS:
            raise Forbidden

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is what it is, whatever the caller would rather have."""
        return super().perform_content_negotiation(request, force=force or self.action == "download")

    def get_queryset(self) -> QuerySet[Any]:
        """Jobs that the caller may see."""
        return visible_jobs()

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Ask the job to stop: one that waits is cancelled, one that runs stops when its worker looks."""
        return self.pressed(request, cancel_job, pk)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True)
    def download(self, request: Request, pk: UUID) -> FileResponse:
        """The file that the job left, for whoever asked for it. A file that is gone was never there."""
        demand_known_parameters(request.query_params)
        job = own_jobs().filter(pk=pk).first()
        if job is None or not job.file:
            raise RowNotFound
        try:
            content = default_storage.open(job.file, "rb")
        except FileNotFoundError:
            raise RowNotFound from None
        if told := job.result.get("about"):  # a file about one record, whose handing out is noted with the reads
            service(ReadLog).note(told["entity"], [UUID(told["id"])], how="export")
        name = str(job.result.get("file_name") or PurePosixPath(job.file).name)
        return file_response(request._request, content, name=name, kind=_kind_of(name), **NEVER_IN_PLACE)


def _kind_of(name: str) -> str:
    kind, encoding = mimetypes.guess_type(name)
    return UNKNOWN_TYPE if encoding else kind or UNKNOWN_TYPE
