"""The choice of days above a dashboard."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from apps.dashboards.models import Preset
from apps.dashboards.selectors.zones import asked_period
from apps.kernel.admin.moments import DayInput
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.presets import CUSTOM, faults_of_days

CHOICES = [*Preset.choices, (CUSTOM, gettext_lazy("Days of your choice"))]


class PeriodForm(forms.Form):
    """A preset, or days of the reader's own; without a choice the dashboard's preset."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=CHOICES)
    start = forms.DateField(label=gettext_lazy("From day"), required=False, widget=DayInput())
    end = forms.DateField(label=gettext_lazy("To day"), required=False, widget=DayInput())

    def __init__(self, asked: QueryDict, *, usual: str) -> None:
        data = asked.copy()
        data.setdefault("period", usual)
        self.usual = usual
        super().__init__(data, auto_id="da-%s")

    @property
    def is_custom(self) -> bool:
        """Say whether days of the reader's own are asked for."""
        return bool(self["period"].value() == CUSTOM)

    def clean(self) -> dict[str, Any]:
        """Check what concerns two fields at once."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("period") != CUSTOM:
            return given
        for name, fault in faults_of_days(given.get("start"), given.get("end")).items():
            if name not in self.errors:
                self.add_error(name, fault)
        return given

    def chosen(self) -> Period:
        """The days; the usual ones where the choice cannot be used."""
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {"period": self.usual}
        return asked_period(given["period"], start=given.get("start"), end=given.get("end"))

    def parameters(self) -> dict[str, str]:
        """The choice as parameters of an address."""
        if not self.is_valid():
            return {}
        return {name: str(value) for name, value in self.cleaned_data.items() if value}
