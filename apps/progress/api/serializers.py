"""The shape of long jobs in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from apps.kernel.api.serializers import StrictModelSerializer
from apps.progress.models import Job
from apps.progress.selectors import is_own


class JobSerializer(StrictModelSerializer):
    """One job. What it was given to work on is shown to nobody; its file is offered to its owner."""

    name = serializers.CharField(source="title", read_only=True)
    percent = serializers.IntegerField(read_only=True, allow_null=True)
    eta_seconds = serializers.IntegerField(read_only=True, allow_null=True)
    is_cancel_requested = serializers.BooleanField(read_only=True)
    error = serializers.CharField(source="explanation", read_only=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "name",
            "status",
            "processed",
            "total",
            "percent",
            "eta_seconds",
            "heartbeat_at",
            "started_at",
            "ended_at",
            "is_cancellable",
            "is_cancel_requested",
            "result",
            "error",
            "parent_id",
            "partition",
            "created_at",
        )
        read_only_fields = fields

    def get_result(self, job: Job) -> dict[str, Any]:
        """Counts; for the owner `download` where there is a file, and `action` where all can be taken back as one."""
        if not is_own(job):
            return job.counts
        file = {"download": reverse("progress.job-download", args=[job.pk])} if job.file else {}
        action = {"action": job.result["action"]} if "action" in job.result else {}
        return {**job.counts, **file, **action}
