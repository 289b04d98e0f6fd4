"""REST interface of the log of reads."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.audit_logs.api.filters import ReadFilter
from apps.audit_logs.api.serializers import ReadAccessSerializer
from apps.audit_logs.features import VIEW_TENANT
from apps.audit_logs.models import ReadAccess
from apps.audit_logs.selectors import recorded_reads
from apps.kernel.api.reading.viewset import ReadingViewSet


class ReadAccessViewSet(ReadingViewSet):
    """Who saw which sensitive records, newest first."""

    entity = ReadAccess.entity_id
    serializer_class = ReadAccessSerializer
    filterset_class = ReadFilter
    filter_fields = ("entity", "actor_id", "actor_kind", "how", "correlation_id", "created_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    features: ClassVar[dict[str, tuple[str, ...]]] = {"list": (VIEW_TENANT,), "retrieve": (VIEW_TENANT,)}

    def get_queryset(self) -> QuerySet[Any]:
        """Reads within the organizations that the scope sees."""
        return recorded_reads()
