"""A recurrence in words that everybody knows: how often, on which days, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.customers.calculations import Rule, RuleRefused, parse_rule
from apps.kernel.admin.moments import DayInput

OWN: Final = "own"
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PICKED: Final = ("repeats", "every", "weekdays", "ends", "times", "last_day")
PLAIN: Final = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}


class RepeatingFields(forms.Form):
    """The inputs of a recurrence, and the rule that they make."""

    repeats: Any = forms.ChoiceField(
        label=_("Repeats"),
        required=False,
        choices=[
            ("", _("Never")),
            ("daily", _("Every day")),
            ("weekly", _("Every week")),
            ("monthly", _("Every month, on the same day")),
            ("weekday", _("Every month, on the same weekday")),
            ("yearly", _("Every year")),
            (OWN, _("By a rule of your own")),
        ],
    )
    every: Any = forms.IntegerField(
        label=_("Every … time"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("2 means every other day, week, month or year."),
    )
    weekdays: Any = forms.MultipleChoiceField(
        label=_("On these days"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("MO", _("Monday")),
            ("TU", _("Tuesday")),
            ("WE", _("Wednesday")),
            ("TH", _("Thursday")),
            ("FR", _("Friday")),
            ("SA", _("Saturday")),
            ("SU", _("Sunday")),
        ],
        help_text=_("For every week; without a choice the day of the plan."),
    )
    ends: Any = forms.ChoiceField(
        label=_("Ends"),
        required=False,
        choices=[("", _("Never")), ("count", _("After a number of times")), ("until", _("On a day"))],
    )
    times: Any = forms.IntegerField(label=_("Times"), required=False, min_value=1, max_value=1000)
    last_day: Any = forms.DateField(label=_("Last day"), required=False, widget=DayInput)

    def clean(self) -> dict[str, Any]:
        """Demand what the choices need."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("repeats") and given.get("repeats") != OWN:
            if given.get("ends") == "count" and not given.get("times"):
                self.add_error("times", _("Say how many times."))
            if given.get("ends") == "until" and not given.get("last_day"):
                self.add_error("last_day", _("Say which day."))
        if given.get("repeats") == OWN and not given.get("recurrence"):
            self.add_error("recurrence", _("Write the rule, such as FREQ=MONTHLY;BYDAY=-1FR."))
        return given


def zone_choices() -> list[tuple[str, str]]:
    """Time zones, the tenant's own first."""
    names = sorted(name for name in available_timezones() if name != "localtime")
    return [("", _now("That of the tenant")), *((name, name.replace("_", " ")) for name in names)]


def rule_of(given: Mapping[str, Any]) -> str:
    """The rule that the checked inputs make, "" for none."""
    repeats, begins = given.get("repeats"), given.get("scheduled_at")
    if not repeats:
        return ""
    if repeats == OWN:
        return str(given.get("recurrence") or "")
    frequency = {"weekday": "MONTHLY"}.get(repeats, str(repeats).upper())
    parts = [f"FREQ={frequency}"]
    if (given.get("every") or 1) > 1:
        parts.append(f"INTERVAL={given['every']}")
    if repeats == "weekly" and given.get("weekdays"):
        parts.append(f"BYDAY={','.join(given['weekdays'])}")
    if repeats == "weekday" and begins is not None:
        parts.append(f"BYDAY={_weekday(timezone.localtime(begins))}")
    if given.get("ends") == "count":
        parts.append(f"COUNT={given['times']}")
    elif given.get("ends") == "until":
        parts.append(f"UNTIL={given['last_day']:%Y%m%d}")
    return ";".join(parts)


def _weekday(begins: datetime) -> str:
    """Which weekday of its month a day is: `2TU`; a fifth one is the last, because few months have five."""
    place = (begins.day - 1) // 7 + 1
    return f"{place if place < 5 else -1}{DAYS[begins.weekday()]}"


def picked(recurrence: str) -> dict[str, Any]:
    """What the inputs show of a stored rule; one that they cannot say is a rule of one's own."""
    if not recurrence:
        return {}
    try:
        rule = parse_rule(recurrence)
    except RuleRefused:
        return {"repeats": OWN}
    repeats = _repeats(rule)
    if repeats == OWN:
        return {"repeats": OWN}
    return {
        "repeats": repeats,
        "every": rule.interval,
        "weekdays": [DAYS[day] for _place, day in rule.by_day] if repeats == "weekly" else [],
        "ends": "count" if rule.count else "until" if rule.until else "",
        "times": rule.count,
        "last_day": _day(rule),
    }


def _repeats(rule: Rule) -> str:
    is_whole_day = rule.until is None or (not rule.is_utc and (rule.until.hour, rule.until.minute) == (23, 59))
    if rule.by_month_day or rule.by_month or rule.by_set_pos or rule.week_start or not is_whole_day:
        return OWN
    if rule.frequency == "MONTHLY" and len(rule.by_day) == 1 and rule.by_day[0][0]:
        return "weekday"
    if rule.by_day and rule.frequency != "WEEKLY":
        return OWN
    return PLAIN[rule.frequency]


def _day(rule: Rule) -> date | None:
    return rule.until.date() if rule.until is not None else None
