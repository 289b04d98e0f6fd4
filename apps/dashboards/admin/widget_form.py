"""The form of a widget's settings, made of what the widget declares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from apps.dashboards.calculations.layouts import LONGEST_TITLE
from apps.dashboards.calculations.settings import asked_for, completed
from apps.kernel.admin.dressing import dress
from apps.kernel.errors import PlatformError
from apps.kernel.extensions.dashboards import DashboardWidget, Setting, SettingKind

PREFIX = "s-"


class WidgetForm(forms.Form):
    """Title and settings. Which settings there are depends on those that stand before them."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=gettext_lazy("Empty: the widget's own."),
    )

    def __init__(self, widget: DashboardWidget, data: QueryDict | None, *, item: Mapping[str, Any]) -> None:
        self.declared = widget
        values = read(widget, data) if data is not None else dict(item["settings"])
        self.values, self.asked = completed(widget.settings, values), asked_for(widget.settings, values)
        initial = {"title": item["title"], **_initial(self.asked, self.values)}
        super().__init__(data, initial=initial)
        for setting in self.asked:
            self.fields[f"{PREFIX}{setting.name}"] = _field(setting, self.values)
        dress(self)

    def given(self) -> dict[str, Any]:
        """The settings as they were entered; what is no longer asked for is left out."""
        data: Any = self.data
        found = read(self.declared, data)
        names = {setting.name for setting in self.asked}
        return {name: value for name, value in found.items() if name in names and value not in ("", None)}

    def refuse(self, error: PlatformError) -> None:
        """Put the complaints of a command beside their fields."""
        for item in error.errors:
            name = item.field.replace("settings.", PREFIX, 1) if item.field.startswith("settings.") else item.field
            self.add_error(name if name in self.fields else None, item.message)
        if not error.errors:
            self.add_error(None, error.detail)


def read(widget: DashboardWidget, data: QueryDict) -> dict[str, Any]:
    """The settings out of what was sent; what cannot be read stays a text, and is complained about later."""
    return {setting.name: _value(setting, data) for setting in widget.settings}


def _value(setting: Setting, data: QueryDict) -> Any:
    name = f"{PREFIX}{setting.name}"
    if setting.kind is SettingKind.BOOLEAN:
        return name in data
    if setting.kind is SettingKind.CHOICES:
        return data.getlist(name)
    text = data.get(name, "").strip()
    if setting.kind is SettingKind.INTEGER and text.lstrip("-").isdecimal() and len(text) < 12:
        return int(text)
    if setting.kind is SettingKind.CONDITION:
        return _condition(text)
    return text if name in data else setting.default


def _condition(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _initial(settings: list[Setting], values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{PREFIX}{item.name}": _shown(item, values[item.name]) for item in settings}


def _shown(item: Setting, value: Any) -> Any:
    is_condition = item.kind is SettingKind.CONDITION and value and not isinstance(value, str)
    return json.dumps(value, ensure_ascii=False) if is_condition else value


def _field(setting: Setting, values: Mapping[str, Any]) -> forms.Field:
    common: dict[str, Any] = {"label": setting.label, "required": False, "help_text": setting.help}
    if setting.choices is not None:
        return _choice(setting, values, common)
    if setting.kind is SettingKind.INTEGER:
        box = forms.NumberInput(attrs={"min": setting.minimum, "max": setting.maximum})
        return forms.CharField(**common, widget=box)
    if setting.kind is SettingKind.BOOLEAN:
        return forms.BooleanField(**common)
    if setting.kind is SettingKind.CONDITION:
        return forms.CharField(**common, widget=forms.Textarea(attrs={"rows": 3, "data-condition": ""}))
    if setting.maximum > 200:
        return forms.CharField(**common, widget=forms.Textarea(attrs={"rows": 3}))
    return forms.CharField(**common)


def _choice(setting: Setting, values: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    offered = list(setting.choices(values)) if setting.choices is not None else []
    if setting.kind is SettingKind.CHOICES:
        return forms.MultipleChoiceField(**common, choices=offered, widget=forms.CheckboxSelectMultiple)
    empty = [] if setting.is_required else [("", "—")]
    attrs = {"data-refines": ""} if setting.refines else {}
    return forms.ChoiceField(**common, choices=[*empty, *offered], widget=forms.Select(attrs=attrs))
