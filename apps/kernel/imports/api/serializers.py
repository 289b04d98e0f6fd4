"""Shapes of imports in the REST interface."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.kernel.api.exporting.answers import accepted_body
from apps.kernel.api.serializers import StrictBooleanField, StrictCharField, StrictIntegerField, StrictSerializer
from apps.kernel.imports.limits import MOST_COLUMNS, MOST_LETTERS
from apps.kernel.imports.models import ImportRun, RunState
from apps.kernel.imports.planning.fields import FieldKind, ImportField
from apps.kernel.imports.planning.mapping import ORDERS, SIGNS
from apps.kernel.imports.planning.orders import Mode
from apps.kernel.imports.reading.cells import text_of
from apps.kernel.imports.reading.encodings import ENCODINGS
from apps.kernel.imports.reading.sources import Look
from apps.kernel.imports.reading.tables import DELIMITERS
from apps.kernel.imports.targets import ImportTarget

MODES = [str(mode) for mode in Mode]


@extend_schema_field({"type": "string", "format": "binary", "minLength": 1})
class TableField(serializers.FileField):
    """A file with something in it."""


class GivenFile(StrictSerializer):
    """The form of an upload: the file, and the kind of record that its rows become."""

    file = TableField(max_length=1000, allow_empty_file=False)
    entity = StrictCharField(max_length=100)


class OwnRuns(StrictSerializer):
    """Which imports are listed."""

    entity = StrictCharField(max_length=100, required=False)


class LayoutSerializer(StrictSerializer):
    """How the file is read. Encoding and delimiter count for text, the sheet for a workbook."""

    encoding = serializers.ChoiceField(choices=ENCODINGS, required=False)
    delimiter = serializers.ChoiceField(choices=DELIMITERS, required=False)
    sheet = StrictCharField(max_length=100, required=False, allow_blank=True)
    has_header = StrictBooleanField(required=False)


class StepSerializer(serializers.Serializer[Any]):
    """A step that a value goes through before it is read, named by `do`; the others are its arguments."""

    do = serializers.CharField(max_length=20)

    def to_internal_value(self, data: Any) -> Any:
        """The step as it came: the planner judges it."""
        super().to_internal_value(data)
        return dict(data)


class AssignmentSerializer(StrictSerializer):
    """A field and the columns, by their place from 0, that its values come from."""

    target = StrictCharField(max_length=100)
    sources = serializers.ListField(child=StrictIntegerField(min_value=0, max_value=MOST_COLUMNS), max_length=20)
    steps = serializers.ListField(child=StepSerializer(), required=False, max_length=20)
    decimal = serializers.ChoiceField(choices=SIGNS, required=False)
    order = serializers.ChoiceField(choices=ORDERS, required=False)
    zone = StrictCharField(max_length=64, required=False)
    joiner = StrictCharField(max_length=10, required=False, allow_blank=True, trim_whitespace=False)

    def validate_zone(self, value: str) -> str:
        """Demand a zone that there is."""
        if value not in available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."), "kernel.import.zone")
        return value


class ArrangementSerializer(StrictSerializer):
    """What is to change before the import runs; what is left out stays. Another layout has columns assigned anew."""

    layout = LayoutSerializer(required=False)
    mapping = serializers.ListField(child=AssignmentSerializer(), required=False, max_length=MOST_COLUMNS)
    mode = serializers.ChoiceField(choices=MODES, required=False)
    key = serializers.ListField(child=StrictCharField(max_length=100), required=False, max_length=10)
    all_or_nothing = StrictBooleanField(required=False)


class StopSerializer(StrictSerializer):
    """Whether what is in stays, or is taken back."""

    keep = StrictBooleanField()


class CountsAnswer(serializers.Serializer[Any]):
    """What became of the rows so far."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    skipped = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    error = serializers.IntegerField()


class ShownLayout(LayoutSerializer):
    """How the file is read; `form` is what it is."""

    form = serializers.ChoiceField(choices=["csv", "xlsx"])


class RunAnswer(serializers.Serializer[Any]):
    """An import. `action_id` is the change that it is, for undo; `progress_job_id` the job that shows how far it is."""

    id = serializers.UUIDField()
    entity = serializers.CharField()
    file_name = serializers.CharField()
    state = serializers.ChoiceField(choices=RunState.choices)
    layout = ShownLayout()
    columns = serializers.ListField(child=serializers.CharField(allow_blank=True))
    mapping = serializers.ListField(child=AssignmentSerializer())
    mode = serializers.ChoiceField(choices=MODES)
    key = serializers.ListField(child=serializers.CharField())
    all_or_nothing = serializers.BooleanField()
    total = serializers.IntegerField(allow_null=True)
    counts = CountsAnswer()
    reason = serializers.CharField(allow_blank=True)
    action_id = serializers.UUIDField(allow_null=True)
    progress_job_id = serializers.UUIDField(allow_null=True)
    progress = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class RunsAnswer(serializers.Serializer[Any]):
    """The caller's latest imports."""

    results = serializers.ListField(child=RunAnswer())


class FieldChoiceAnswer(serializers.Serializer[Any]):
    """A value that a field may have."""

    value = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class FieldAnswer(serializers.Serializer[Any]):
    """A field that a column may go to; `entity` is what a reference names."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=[str(kind) for kind in FieldKind])
    required = serializers.BooleanField()  # type: ignore[assignment]
    entity = serializers.CharField(allow_blank=True)
    choices = serializers.ListField(child=FieldChoiceAnswer())


class RowAnswer(serializers.Serializer[Any]):
    """A row of the file as it is read."""

    number = serializers.IntegerField()
    cells = serializers.ListField(child=serializers.CharField(allow_blank=True))


class ChangeAnswer(serializers.Serializer[Any]):
    """What the last check found that a row changes, in words; what is encrypted is not shown."""

    number = serializers.IntegerField()
    fate = serializers.CharField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    before = serializers.DictField(child=serializers.CharField(allow_blank=True))
    after = serializers.DictField(child=serializers.CharField(allow_blank=True))


class PreviewAnswer(serializers.Serializer[Any]):
    """The first rows, what may be done with the columns, and what the last check found.

    `repeated_columns` are names that several columns of the file have: `columns` of the import numbers these.
    """

    sheets = serializers.ListField(child=serializers.CharField())
    repeated_columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=RowAnswer())
    fields_offered = serializers.ListField(child=FieldAnswer())
    keys = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    modes = serializers.ListField(child=serializers.ChoiceField(choices=MODES))
    changes = serializers.ListField(child=ChangeAnswer())


def shown_run(run: ImportRun) -> dict[str, Any]:
    """A run as JSON."""
    job = accepted_body(run.job_id) if run.job_id is not None else {"progress_job_id": None, "progress": None}
    plain = {name: getattr(run, name) for name in ("entity", "file_name", "layout", "mapping", "total", "reason")}
    return {
        "id": str(run.pk),
        **plain,
        "state": str(run.state),
        "columns": run.names,
        "mode": run.options["mode"],
        "key": list(run.options["key"]),
        "all_or_nothing": run.options["all_or_nothing"],
        "counts": run.counted.as_json(),
        "action_id": run.action_id and str(run.action_id),
        **job,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
    }


def shown_preview(run: ImportRun, target: ImportTarget, found: Look, modes: list[Mode]) -> dict[str, Any]:
    """The start of the file, and what may be done with it, as JSON."""
    return {
        "sheets": list(found.sheets),
        "repeated_columns": list(found.repeated),
        "rows": [
            {"number": row.number, "cells": [text_of(cell)[:MOST_LETTERS] for cell in row.cells]}
            for row in found.samples
        ],
        "fields_offered": [_field(item) for item in target.fields()],
        "keys": [list(key) for key in target.keys()],  # noqa: SIM118 - no mapping
        "modes": [str(mode) for mode in modes],
        "changes": run.previews,
    }


def _field(item: ImportField) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": str(item.label or item.name),
        "kind": str(item.kind),
        "required": item.required,
        "entity": item.target,
        "choices": [{"value": value, "label": str(label)} for value, label in item.choices],
    }
