"""What a chart is asked for: a pair, a period, types and sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.currencies.admin.choices import Held
from apps.currencies.admin.inputs import day_field
from apps.currencies.models import Kind
from apps.currencies.selectors import SeriesQuestion
from apps.kernel.admin.dressing import dress

CUSTOM = "custom"
PERIODS = {"1m": 30, "3m": 91, "1y": 365, "2y": 730}  # in days
MOST_DAYS = 1_830
MOST_SOURCES = 8
LONGEST_SOURCE = 50


class ChartForm(forms.Form):
    """The questions above a chart; everything has an answer that is proposed."""

    to = forms.ChoiceField(label=_("To"))
    period = forms.ChoiceField(
        label=_("Period"),
        choices=[
            ("1m", _("1 month")),
            ("3m", _("3 months")),
            ("1y", _("1 year")),
            ("2y", _("2 years")),
            (CUSTOM, _("Days of your choice")),
        ],
    )
    start = day_field(_("From day"), required=False)
    end = day_field(_("To day"), required=False)
    kind = forms.MultipleChoiceField(label=_("Types"), choices=Kind.choices, widget=forms.CheckboxSelectMultiple)

    def __init__(self, asked: QueryDict, *, held: Held, today: date) -> None:
        self.held, self.today = held, today
        super().__init__(_completed(asked, held))
        self.fields["from"] = forms.ChoiceField(label=_("From"))
        self.fields["from"].choices = self.fields["to"].choices = held.choices  # type: ignore[attr-defined]
        dress(self)

    def clean(self) -> dict[str, Any]:
        """Check what concerns two fields at once."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("from") and given.get("from") == given.get("to"):
            self.add_error("to", _("Choose two different currencies."))
        if given.get("period") == CUSTOM:
            self._check_days(given)
        return given

    def _check_days(self, given: dict[str, Any]) -> None:
        for name in ("start", "end"):
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, _("Say which day."))
        start, end = given.get("start"), given.get("end")
        if start is None or end is None:
            return
        if start > end:
            self.add_error("start", _("The period begins after its end."))
        elif (end - start).days > MOST_DAYS:
            self.add_error("start", _("At most five years are drawn at once."))

    def question(self, sources: Sequence[str]) -> SeriesQuestion:
        """What the checked form asks for."""
        given = self.cleaned_data
        if given["period"] == CUSTOM:
            start, end = given["start"], given["end"]
        else:
            start, end = self.today - timedelta(days=PERIODS[given["period"]]), self.today
        return SeriesQuestion(
            given["from"],
            given["to"],
            start,
            end,
            kinds=tuple(given["kind"]),
            sources=tuple(sources),
            base=self.held.base,
        )


def chosen_sources(asked: QueryDict) -> list[str]:
    """Sources that are asked for, each once; what cannot be one is left out."""
    given = dict.fromkeys(asked.getlist("source"))
    return [name for name in given if 0 < len(name) <= LONGEST_SOURCE][:MOST_SOURCES]


def _completed(asked: QueryDict, held: Held) -> QueryDict:
    """The parameters of the address, and what is proposed for those that are not there."""
    data = asked.copy()
    if "from" not in data and "to" not in data:
        data["from"], data["to"] = held.pair
    data.setdefault("period", "3m")
    if "kind" not in data:
        data.setlist("kind", [Kind.MID.value])
    return data
