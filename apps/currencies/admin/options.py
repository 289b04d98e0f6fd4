"""Inputs for the options of each provider, with what to write in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.currencies.admin.inputs import Label

BEFORE: Final = "options."
COLUMNS: Final = "options.columns."
PLAIN: Final = "options"
Fields = dict[str, forms.Field]


def option_fields(provider: str, codes: Iterable[str]) -> Fields:
    """A form field for each option, by `options.<name>`; of a provider that is not known here one for all of them.

    `codes` are currencies that may be chosen.
    """
    listed = [(code, code) for code in codes]
    if provider == "ecb":
        return {f"{BEFORE}currencies": _currencies(listed)}
    if provider == "nbp":
        return {f"{BEFORE}tables": _tables(), f"{BEFORE}currencies": _currencies(listed)}
    if provider == "file":
        return {**_document(), **_columns(), **_meaning(listed), f"{BEFORE}currencies": _currencies(listed)}
    return {PLAIN: forms.JSONField(label=_("Options"), required=False, initial=dict, help_text=_("As JSON."))}


def initial_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Stored options as the inputs show them."""
    columns = options.get("columns")
    found = {f"{BEFORE}{name}": value for name, value in options.items() if name != "columns"}
    if isinstance(columns, Mapping):
        found |= {f"{COLUMNS}{name}": value for name, value in columns.items()}
    return {**found, PLAIN: dict(options)}


def entered_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered as options; what stayed empty is left out."""
    if PLAIN in given:
        return given[PLAIN] or {}
    options = {
        name.removeprefix(BEFORE): value
        for name, value in given.items()
        if name.startswith(BEFORE) and not name.startswith(COLUMNS) and value
    }
    columns = {name.removeprefix(COLUMNS): value for name, value in given.items() if name.startswith(COLUMNS) and value}
    return {**options, "columns": columns} if columns else options


def _currencies(listed: list[tuple[str, str]]) -> forms.Field:
    return forms.MultipleChoiceField(
        label=_("Currencies"),
        choices=listed,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("Only rates of these; without a choice those of all currencies that the organization uses."),
    )


def _tables() -> forms.Field:
    return forms.MultipleChoiceField(
        label=_("Tables"),
        choices=[("A", _("A: middle rates")), ("C", _("C: buying and selling rates"))],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("Without a choice both."),
    )


def _document() -> Fields:
    return {
        f"{BEFORE}url": _line(
            _("Web address"),
            _("Of the table. {date} in it stands for a day, {from} and {to} for the first and the last one."),
        ),
        f"{BEFORE}format": _choice(_("Format"), {"csv": "CSV", "json": "JSON"}),
        f"{BEFORE}source": _line(
            _("Source"),
            _("What its rates are called: small letters, digits and hyphens. Without a name they are called “file”."),
        ),
        f"{BEFORE}records": _line(
            _("Where the list is"), _("JSON only: names with dots between them, such as data.rates.")
        ),
        f"{BEFORE}delimiter": _choice(
            _("Between columns"),
            {"comma": _("comma"), "semicolon": _("semicolon"), "tab": _("tab"), "pipe": _("vertical bar")},
        ),
        f"{BEFORE}encoding": _choice(
            _("Letters"), {name: name for name in ("utf-8", "cp1250", "cp1252", "iso-8859-1", "iso-8859-2")}
        ),
    }


def _columns() -> Fields:
    labels = {
        "rate": _("Column of the rate"),
        "date": _("Column of the day"),
        "from": _("Column of the first currency"),
        "to": _("Column of the second currency"),
        "unit": _("Column of the units"),
        "kind": _("Column of the type"),
    }
    helps: dict[str, Label] = {
        "rate": _("Its name as it stands in the table."),
        "from": _("Where it differs from row to row; otherwise name the currency for all rows below."),
        "unit": _("For tables that quote some currencies per 100."),
    }
    return {f"{COLUMNS}{name}": _line(label, helps.get(name, "")) for name, label in labels.items()}


def _meaning(listed: list[tuple[str, str]]) -> Fields:
    codes = dict(listed)
    return {
        f"{BEFORE}from": _choice(_("First currency of all rows"), codes),
        f"{BEFORE}to": _choice(_("Second currency of all rows"), codes),
        f"{BEFORE}kind": _choice(_("Type of all rows"), {"mid": _("middle"), "buy": _("buying"), "sell": _("selling")}),
        f"{BEFORE}decimal": _choice(_("Decimals after"), {"point": _("a point"), "comma": _("a comma")}),
        f"{BEFORE}date_format": _choice(
            _("How days are written"),
            {
                "%Y-%m-%d": "2026-03-31",
                "%d.%m.%Y": "31.03.2026",
                "%d/%m/%Y": "31/03/2026",
                "%m/%d/%Y": "03/31/2026",
                "%d-%m-%Y": "31-03-2026",
                "%Y%m%d": "20260331",
                "%Y/%m/%d": "2026/03/31",
            },
        ),
    }


def _line(label: Label, explanation: Label = "") -> forms.Field:
    return forms.CharField(label=label, required=False, help_text=explanation, max_length=2_000)


def _choice(label: Label, words: Mapping[str, Label]) -> forms.Field:
    return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *words.items()])
