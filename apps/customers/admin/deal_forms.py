"""Forms of deals: the stages to choose from, what a loss is put down to, what a lead becomes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.customers.models import Pipeline, Stage
from apps.customers.selectors import stages_of
from apps.customers.selectors.board import pipeline_names, pipelines_to_show
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.admin.forms import CommandForm
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

NOTHING = ("", "---------")
Choices = list[tuple[Any, Any]]


def stage_choices() -> Choices:
    """Stages of the scope under their pipelines, in their orders."""
    pipelines = pipelines_to_show()
    stages = stages_of([row.pk for row in pipelines])
    names = pipeline_names(pipelines)
    return [(names[row.pk], [(str(stage.pk), stage.label) for stage in stages.get(row.pk, ())]) for row in pipelines]


def first_stage() -> Stage | None:
    """The stage that a new deal begins in, where one organization is selected that has a default pipeline."""
    pipelines = list(ENTITIES[Pipeline.entity_id].living().filter(is_default=True)[:2])
    if len(pipelines) != 1:
        return None
    stages = stages_of([pipelines[0].pk]).get(pipelines[0].pk, [])
    return stages[0] if stages else None


class StageChoice(forms.TypedChoiceField):
    """One of the stages of the scope."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=UUID, empty_value=None, **{"label": _("Stage"), **kwargs})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as text."""
        return str(initial or "") != str(data or "")


class DealForm(CommandForm):
    """A deal, with the stage to choose from those of all pipelines."""

    stage_id = StageChoice()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("stage_id")
        if field is None:
            return
        field.choices = stage_choices()
        stage = first_stage() if self.instance._state.adding else self.instance.stage
        self.initial["stage_id"] = None if stage is None else str(stage.pk)

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the amount and the rules about it to the command, which knows the lines that make it."""
        return {*super()._get_validation_exclusions(), "value_amount"}  # type: ignore[misc]


class MoveForm(forms.Form):
    """Where a deal goes."""

    stage_id = StageChoice()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stage_id"]
        field.choices = stage_choices()


class LossForm(forms.Form):
    """Why a deal was lost."""

    loss_reason_id = forms.TypedChoiceField(label=_("Reason"), required=False, coerce=UUID, empty_value=None)
    loss_notes = forms.CharField(
        label=_("Notes"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["loss_reason_id"]
        reasons = service(DictionaryBook).entries("customers.deal_loss_reason")
        field.choices = [NOTHING, *((str(entry.id), entry.label) for entry in reasons)]


class ConversionForm(forms.Form):
    """What is made of a lead beside the customer."""

    company_name = forms.CharField(
        label=_("New company"), required=False, max_length=200, help_text=_("Left empty, no company is added.")
    )
    deal_title = forms.CharField(
        label=_("First deal"), required=False, max_length=200, help_text=_("Left empty, no deal is added.")
    )
    stage_id = StageChoice(required=False)
    value_amount = forms.DecimalField(label=_("Value"), required=False, min_value=0, max_digits=19, decimal_places=4)
    value_currency = forms.CharField(label=_("Currency"), required=False, max_length=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stage_id"]
        field.choices = [NOTHING, *stage_choices()]
