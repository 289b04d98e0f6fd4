"""Shapes of the search in the REST interface."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer
from apps.search.models import SearchSettings, Strategy
from apps.search.selectors.status import IndexStatus, KindStatus
from apps.search.services.searching import LONGEST, MOST_SHOWN, PAGE, Findings, Result


class PaletteSerializer(StrictSerializer):
    """What the palette asks: `q` is what was typed so far."""

    q = serializers.CharField(max_length=LONGEST, help_text="Words, the last of which may be a beginning.")


class SearchSerializer(PaletteSerializer):
    """What is looked for: `entities` are kinds of record parted by commas, all that the caller may see by default."""

    entities = serializers.CharField(required=False, max_length=2_000)
    page_size = serializers.IntegerField(required=False, default=PAGE, min_value=1, max_value=MOST_SHOWN)

    def validate_entities(self, value: str) -> tuple[str, ...]:
        """The kinds."""
        return tuple(dict.fromkeys(item for item in value.split(",") if item))


class MarkedSerializer(serializers.Serializer[Any]):
    """Title and subtitle as HTML: what was looked for stands in `<mark>`, everything else is escaped."""

    title = serializers.CharField()
    subtitle = serializers.CharField()


class HitSerializer(serializers.Serializer[Any]):
    """One record that was found. `url` is its page in the back office, "" where it has none.

    `organization` names whose record it is, where several organizations are selected.
    """

    entity = serializers.CharField()
    entity_label = serializers.CharField()
    id = serializers.UUIDField()
    title = serializers.CharField()
    subtitle = serializers.CharField()
    url = serializers.CharField()
    icon = serializers.CharField()
    score = serializers.FloatField()
    organization = serializers.CharField()
    highlights = MarkedSerializer()


class CountSerializer(serializers.Serializer[Any]):
    """How many records of a kind were found."""

    entity = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's
    count = serializers.IntegerField()


class FailedSerializer(serializers.Serializer[Any]):
    """A way of searching that could not be gone this time."""

    strategy = serializers.ChoiceField(choices=Strategy.choices)
    reason = serializers.CharField()


class FindingsSerializer(serializers.Serializer[Any]):
    """What was found, best first. `count_capped`: there may be more than `count` says. `took` is in milliseconds."""

    q = serializers.CharField()
    count = serializers.IntegerField()
    count_capped = serializers.BooleanField()
    counts = CountSerializer(many=True)
    results = HitSerializer(many=True)
    strategies = serializers.ListField(child=serializers.ChoiceField(choices=Strategy.choices))
    failed = FailedSerializer(many=True)
    building = serializers.ListField(child=serializers.CharField(), help_text="Kinds whose index is not complete yet.")
    took = serializers.FloatField()


def shown_findings(found: Findings) -> dict[str, Any]:
    """Plain JSON of what was found."""
    return {
        "q": found.text,
        "count": sum(found.counts.values()),
        "count_capped": found.is_capped,
        "counts": [
            {"entity": entity, "label": found.labels[entity], "count": count} for entity, count in found.counts.items()
        ],
        "results": [_shown(result) for result in found.results],
        "strategies": list(found.strategies),
        "failed": [{"strategy": name, "reason": reason} for name, reason in found.failed.items()],
        "building": list(found.building),
        "took": round(found.took, 1),
    }


def _shown(result: Result) -> dict[str, Any]:
    return {
        "entity": result.entity,
        "entity_label": result.entity_label,
        "id": str(result.id),
        "title": result.title,
        "subtitle": result.subtitle,
        "url": result.url,
        "icon": result.icon,
        "score": result.score,
        "organization": result.organization,
        "highlights": {"title": result.marked_title, "subtitle": result.marked_subtitle},
    }


class SettingsSerializer(StrictModelSerializer):
    """How the tenant searches. `language` "" is the tenant's own; a key can be set and not read."""

    strategies = serializers.ListField(child=serializers.ChoiceField(choices=Strategy.choices), allow_empty=False)
    api_key = StrictCharField(write_only=True, required=False, allow_blank=True, max_length=500)
    has_api_key = serializers.SerializerMethodField()

    class Meta:
        model = SearchSettings
        fields: ClassVar = (
            "language",
            "strategies",
            "provider",
            "endpoint",
            "model",
            "api_key",
            "has_api_key",
            "version",
            "updated_at",
        )

    def get_has_api_key(self, row: SearchSettings) -> bool:
        """Say whether a key is kept."""
        return bool(row.api_key)


class RebuildSerializer(StrictSerializer):
    """The kind of record whose index is rebuilt."""

    entity = StrictCharField(max_length=100)


class AcceptedAnswer(serializers.Serializer[Any]):
    """The rebuild goes on behind the answer; the long job says how far it is."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()

    class Meta:
        ref_name = "AcceptedRebuild"


class KindStatusSerializer(serializers.Serializer[Any]):
    """The index of one kind of record; `missing`, `stale` and `orphaned` are of the last comparison."""

    entity = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's
    documents = serializers.IntegerField()
    embedded = serializers.IntegerField()
    is_built = serializers.BooleanField()
    is_rebuilding = serializers.BooleanField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    job_id = serializers.UUIDField(allow_null=True)
    built_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    missing = serializers.IntegerField()
    stale = serializers.IntegerField()
    orphaned = serializers.IntegerField()
    last_error = serializers.CharField()


class StatusSerializer(serializers.Serializer[Any]):
    """The tenant's index; `lag` is the age in seconds of the oldest change that is not in it."""

    kinds = KindStatusSerializer(many=True)
    waiting = serializers.IntegerField()
    lag = serializers.FloatField()
    given_up = serializers.IntegerField()
    last_error = serializers.CharField()


def shown_status(status: IndexStatus) -> dict[str, Any]:
    """Plain JSON of how the index stands."""
    return {
        "kinds": [dict(KindStatusSerializer(_facts(kind)).data) for kind in status.kinds],
        "waiting": status.waiting,
        "lag": round(status.lag, 1),
        "given_up": status.given_up,
        "last_error": status.last_error,
    }


def _facts(kind: KindStatus) -> dict[str, Any]:
    own = {"entity": kind.entity, "label": kind.label, "documents": kind.documents, "embedded": kind.embedded}
    names = [str(name) for name in KindStatusSerializer().fields if str(name) not in own]
    return own | {name: getattr(kind.index, name) for name in names}
