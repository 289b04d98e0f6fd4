"""Shapes of dashboards, widgets and figures in the REST interface."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.dashboards.calculations.layouts import LONGEST_TITLE, MOST_ITEMS
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import may_edit
from apps.dashboards.selectors.sources import AGGREGATES, COMPARISONS
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)
from apps.kernel.extensions.dashboards import Width
from apps.kernel.extensions.periods import GRANULARITIES
from apps.kernel.extensions.presets import CUSTOM, PRESETS, faults_of_days

OWN = ("id", "version", "created_at", "updated_at")
DAYS = "dashboards.period.days"  # what no shape can say of two days
WIDTHS = [str(item) for item in Width]


class ItemSerializer(StrictSerializer):
    """One widget on a dashboard; what is left out is as the widget has it."""

    id = StrictUUIDField(required=False)
    widget = StrictCharField(max_length=100)
    width = serializers.ChoiceField(choices=WIDTHS, required=False)
    title = StrictCharField(max_length=LONGEST_TITLE, required=False, allow_blank=True)
    settings = serializers.DictField(required=False)


class DashboardSerializer(StrictModelSerializer):
    """One dashboard. `items` are its widgets in their order, given as a whole."""

    items = ItemSerializer(many=True, required=False, max_length=MOST_ITEMS)  # type: ignore[call-arg]
    shared_roles = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    may_edit = serializers.SerializerMethodField()

    class Meta:
        model = Dashboard
        fields = (*OWN, "owner_id", "name", "description", "period", "items", "is_shared", "shared_roles", "may_edit")
        read_only_fields = ("owner_id", "is_shared")

    def get_may_edit(self, row: Dashboard) -> bool:
        """Say whether the caller may change it."""
        return may_edit(row)


class ShareSerializer(StrictSerializer):
    """Whom a dashboard is shared with: everybody, or these roles."""

    is_shared = StrictBooleanField(required=False)
    role_ids = serializers.ListField(child=StrictUUIDField(), required=False, max_length=500)


class DashboardRolesSerializer(StrictSerializer):
    """Roles on whose start page a dashboard stands."""

    role_ids = serializers.ListField(child=StrictUUIDField(), max_length=500)


class DashboardCopySerializer(StrictSerializer):
    """The name of the copy; left out, it follows the other one's."""

    name = StrictCharField(max_length=120, required=False, allow_blank=True)


class DashboardChoiceSerializer(StrictSerializer):
    """Whether the dashboard is to stand on the own start page."""

    is_chosen = StrictBooleanField(required=False)


class PeriodSerializer(StrictSerializer):
    """Days: a preset, or `custom` with a first and a last one."""

    period = serializers.ChoiceField(choices=[*PRESETS, CUSTOM], required=False)
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Days of one's own are given by both ends, in their order, and are not endless."""
        start, end = attrs.get("start"), attrs.get("end")
        faults: dict[str, str] = {}
        if attrs.get("period") == CUSTOM:
            faults = faults_of_days(start, end)
        else:
            text = _("Days are given for the period `custom` only.")
            faults |= {name: text for name in ("start", "end") if name in attrs}
        if faults:
            found = {name: [serializers.ErrorDetail(text, DAYS)] for name, text in faults.items()}
            raise serializers.ValidationError(dict(found))
        return attrs


class WantedSerializer(StrictSerializer):
    """One widget to ask; `id` comes back with its answer."""

    id = StrictCharField(max_length=100, required=False)
    widget = StrictCharField(max_length=100)
    settings = serializers.DictField(required=False)


class DataQuestion(PeriodSerializer):
    """Widgets to ask at once, for one period."""

    widgets = WantedSerializer(many=True, max_length=MOST_ITEMS)  # type: ignore[call-arg]


class FiguresQuestion(PeriodSerializer):
    """One question about records of a kind. `filter` is a condition, as lists take it."""

    entity = StrictCharField(max_length=100)
    aggregate = serializers.ChoiceField(choices=AGGREGATES, required=False)
    field = StrictCharField(max_length=100, required=False, allow_blank=True)
    group_by = StrictCharField(max_length=100, required=False, allow_blank=True)
    granularity = serializers.ChoiceField(choices=GRANULARITIES, required=False)
    filter = serializers.DictField(required=False)
    limit = StrictIntegerField(min_value=1, max_value=100, required=False)
    date = StrictCharField(max_length=100, required=False, allow_blank=True)
    comparison = serializers.ChoiceField(choices=COMPARISONS, required=False)


class StateAnswer(serializers.Serializer[Any]):
    """What one widget shows. `state`: `ok`, `invalid`, `failed`, `timed_out`, `later` or `unavailable`."""

    id = serializers.CharField()
    widget = serializers.CharField()
    state = serializers.CharField()
    kind = serializers.CharField(allow_null=True)
    link = serializers.CharField()
    data = serializers.DictField(allow_null=True)  # type: ignore[assignment]


class DataAnswer(serializers.Serializer[Any]):
    """What the widgets show, in the order asked, and the days that it is about."""

    start = serializers.DateField()
    end = serializers.DateField()
    results = StateAnswer(many=True)


class FigureAnswer(serializers.Serializer[Any]):
    """The number of one group; decimals are texts."""

    key = serializers.CharField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    previous = serializers.CharField(allow_null=True)
    link = serializers.CharField()


class FiguresAnswer(serializers.Serializer[Any]):
    """The figures, the days that were counted, and those that they are compared with."""

    start = serializers.DateField()
    end = serializers.DateField()
    granularity = serializers.CharField()
    compared = serializers.ListField(child=serializers.DateField(), allow_null=True)
    link = serializers.CharField()
    results = FigureAnswer(many=True)


class SettingAnswer(serializers.Serializer[Any]):
    """One setting of a widget."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    default = serializers.JSONField()
    is_required = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class WidgetAnswer(serializers.Serializer[Any]):
    """One widget that the caller may use."""

    id = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    kind = serializers.CharField()
    width = serializers.CharField()
    refresh = serializers.IntegerField()
    is_standard = serializers.BooleanField()
    settings = SettingAnswer(many=True)


class SourceAnswer(serializers.Serializer[Any]):
    """A kind of record with what may be asked of it."""

    entity = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    measures = serializers.ListField(child=serializers.CharField())
    groups = serializers.ListField(child=serializers.CharField())
    dates = serializers.ListField(child=serializers.CharField())
    filters = serializers.ListField(child=serializers.CharField())


class CatalogAnswer(serializers.Serializer[Any]):
    """Widgets and kinds of record with figures that are for the caller."""

    widgets = WidgetAnswer(many=True)
    figures = SourceAnswer(many=True)


class StartAnswer(serializers.Serializer[Any]):
    """The dashboard of the caller's start page; `id` null is the standard one."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    period = serializers.CharField()
    items = ItemSerializer(many=True)
