"""Shapes of the fetching of rates in the REST interface."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.currencies.contracts import RATE_PROVIDERS
from apps.currencies.errors import RangeInvalid
from apps.currencies.models import FetchRun, RateFetchConfig
from apps.currencies.selectors import last_runs
from apps.kernel.api.serializers import StrictModelSerializer, StrictSerializer


class FetchRunSerializer(StrictModelSerializer):
    """One fetch of rates, and what came of it."""

    class Meta:
        model = FetchRun
        fields = (
            "id",
            "organization_id",
            "provider",
            "source",
            "trigger",
            "status",
            "start_on",
            "end_on",
            "new",
            "corrected",
            "unchanged",
            "left_out",
            "error_code",
            "error",
            "job_id",
            "asked_by",
            "started_at",
            "ended_at",
            "duration_ms",
            "created_at",
        )
        read_only_fields = fields


class LastRunAnswer(StrictModelSerializer):
    """The newest fetch of a configuration."""

    class Meta:
        model = FetchRun
        ref_name = "LastFetchRun"
        fields = (
            "id",
            "status",
            "start_on",
            "end_on",
            "new",
            "corrected",
            "unchanged",
            "left_out",
            "error",
            "ended_at",
        )
        read_only_fields = fields


class RateFetchConfigSerializer(StrictModelSerializer):
    """Where rates come from by themselves, and when. What `options` may hold depends on the provider."""

    provider = serializers.ChoiceField(choices=sorted(RATE_PROVIDERS))
    options = serializers.DictField(required=False)
    last_run = serializers.SerializerMethodField()
    _last_runs: dict[tuple[UUID, str], FetchRun] | None = None

    class Meta:
        model = RateFetchConfig
        fields = (
            "id",
            "organization_id",
            "provider",
            "source",
            "is_enabled",
            "fetch_at",
            "time_zone",
            "options",
            "last_run",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("source",)
        extra_kwargs = {"time_zone": {"required": False}}

    @extend_schema_field(LastRunAnswer(allow_null=True))
    def get_last_run(self, config: RateFetchConfig) -> dict[str, Any] | None:
        """The newest fetch; those of a whole page are read in one query."""
        if self._last_runs is None:
            shown = self.parent.instance if isinstance(self.parent, serializers.ListSerializer) else [config]
            self._last_runs = last_runs(shown or ())
        run = self._last_runs.get((config.organization_id, config.source))
        return None if run is None else dict(LastRunAnswer(run).data)


class FetchSerializer(StrictSerializer):
    """Which days to fetch: one `date`, or `from` and `to`; today without either. From all sources or one provider."""

    provider = serializers.ChoiceField(choices=sorted(RATE_PROVIDERS), required=False)
    date = serializers.DateField(required=False)
    to = serializers.DateField(required=False, source="end")

    def get_fields(self) -> dict[str, Any]:
        """The same with `from`, which is no name in Python."""
        return {**super().get_fields(), "from": serializers.DateField(required=False, source="start")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take a day as a range of one. Raises ValidationError for both ways at once."""
        day = attrs.pop("date", None)
        if day is None:
            return attrs
        if {"start", "end"} & set(attrs):
            text = _("Give either one day or a range.")
            raise serializers.ValidationError({"date": [serializers.ErrorDetail(text, RangeInvalid.code)]})
        return {**attrs, "start": day, "end": day}


class AcceptedAnswer(serializers.Serializer[Any]):
    """The fetch goes on behind the answer; the long job says how far it is."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()

    class Meta:
        ref_name = "AcceptedFetch"
