"""Back office pages of pipelines, with their stages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.customers import services
from apps.customers.features import MANAGE_PIPELINES, VIEW_PIPELINES
from apps.customers.models import DealField, Pipeline, Stage
from apps.customers.selectors import open_deals_in, stages_of
from apps.kernel.admin.forms import RecordForm
from apps.kernel.admin.inlines import CommandStackedInline
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


class StageForm(RecordForm):
    """A stage, with what it demands to be ticked."""

    required_fields = forms.MultipleChoiceField(
        label=_("Demanded of deals"),
        choices=DealField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A deal comes to this stage only with these."),
    )


class StageRows(CommandStackedInline):
    """Stages of a pipeline, in their order."""

    model = Stage
    form = StageForm
    argument = "stages"
    ordering = ("position", "pk")
    fields = (
        ("label", "position"),
        ("probability", "stale_after_days"),
        "required_fields",
        ("icon", "color"),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what is meant where the name does not."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        texts = {
            "position": _("Stages stand in the order of these numbers."),
            "stale_after_days": _("Left empty, deals may stay for as long as they like."),
            "icon": _("Name of a Material symbol, such as star."),
            "color": _("Six digits after #, or nothing."),
        }
        if db_field.name in texts:
            field.help_text = texts[db_field.name]
        return field


@register(Pipeline)
class PipelinePage(CommandAdmin):
    """Pipelines of the selected organizations."""

    create_command = services.create_pipeline
    update_command = services.update_pipeline
    delete_command = services.delete_pipeline
    view_feature = VIEW_PIPELINES
    manage_feature = MANAGE_PIPELINES
    icon = "valve"
    order = 70
    empty_hint = _("Deals go through a pipeline, stage by stage. Add the first one.")
    list_display = ("name", "stage_count", "deal_count", "is_default", "organization_id")
    search_fields = ("name",)
    ordering = ("position",)
    fieldsets = ((None, {"fields": (("name", "is_default"), "position")}),)
    add_fieldsets = ((None, {"fields": (("name", "is_default"),)}),)
    inlines = (StageRows,)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count stages and open deals of the pipelines on the page, in two queries."""
        ids = [row.pk for row in rows]
        stages, deals = stages_of(ids), open_deals_in(ids)
        for row in rows:
            row.stages_there, row.deals_there = len(stages.get(row.pk, ())), deals.get(row.pk, 0)

    @admin.display(description=_("Stages"))
    def stage_count(self, pipeline: Any) -> int:
        """How many stages it has."""
        return int(pipeline.stages_there)

    @admin.display(description=_("Open deals"))
    def deal_count(self, pipeline: Any) -> int:
        """How many open deals are in it."""
        return int(pipeline.deals_there)
