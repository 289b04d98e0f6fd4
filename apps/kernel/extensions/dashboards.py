"""Widgets of dashboards: what a module can show at a glance, declared without knowing who arranges and draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise

from apps.kernel.extensions.periods import Period
from apps.kernel.registry.points import ExtensionPoint

SECONDS: Final = 2.0
Text = str | Promise
Settings = Mapping[str, Any]
Number = int | Decimal


class WidgetKind(StrEnum):
    """What a widget shows."""

    NUMBER = "number"
    CHART = "chart"
    TABLE = "table"
    LIST = "list"
    TEMPLATE = "template"


class Width(StrEnum):
    """How much of a row of the dashboard a widget takes: a quarter, a third, a half, all of it."""

    SM = "sm"
    MD = "md"
    LG = "lg"
    XL = "xl"


class Drawing(StrEnum):
    """How a chart is drawn."""

    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"
    DOUGHNUT = "doughnut"


class SettingKind(StrEnum):
    """What a setting holds: a text, a whole number, a claim, one or several of its choices, a condition in JSON."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    CONDITION = "condition"


Options = Callable[[Settings], Sequence[tuple[str, Text]]]


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a widget's settings.

    `choices(settings)` gives values and labels as the settings that stand before it leave them; a setting without
    a choice to make is not asked for. `refines` says that choices of others depend on it. `minimum` and `maximum`
    bound numbers, and the length of texts.
    """

    name: str
    label: Text
    kind: SettingKind = SettingKind.TEXT
    default: Any = ""
    choices: Options | None = None
    minimum: int = 0
    maximum: int = 200
    is_required: bool = False
    refines: bool = False
    help: Text = ""


@dataclass(frozen=True, slots=True)
class NumberData:
    """One number. `previous` is what it is compared with, None for nothing; None as `value` means "nothing there".

    `unit` stands behind it (`%`, `MB`, a currency's code); `detail` is a line below; `more` are further numbers with
    their names. `tone` is `neutral`, `success`, `warning` or `danger`.
    """

    value: Number | None
    previous: Number | None = None
    unit: Text = ""
    detail: Text = ""
    tone: str = "neutral"
    more: Sequence[tuple[Text, Number, Text]] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: a value for each of the chart's labels, None where there is none."""

    name: Text
    values: Sequence[Number | None]


@dataclass(frozen=True, slots=True)
class ChartData:
    """What a chart draws. `axis` names what the labels are; `links` lead on from each label, "" for nowhere."""

    labels: Sequence[Text]
    series: Sequence[Series]
    drawing: Drawing = Drawing.BAR
    axis: Text = ""
    unit: Text = ""
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; numbers are written in the reader's language."""

    value: Text | Number | date | datetime | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class TableData:
    """A table. `empty` is what is said where it has no rows."""

    heads: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    empty: Text = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list, with a note beside it; `tone` as in a number."""

    text: Text
    note: Text = ""
    link: str = ""
    icon: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class ListData:
    """A list. `empty` is what is said where it has no entries."""

    entries: Sequence[Entry]
    empty: Text = ""


@dataclass(frozen=True, slots=True)
class TemplateData:
    """Variables of a template of the module's own; it is rendered escaped and without a request."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Data = NumberData | ChartData | TableData | ListData | TemplateData
SHAPES: Final[Mapping[WidgetKind, type[Any]]] = {
    WidgetKind.NUMBER: NumberData,
    WidgetKind.CHART: ChartData,
    WidgetKind.TABLE: TableData,
    WidgetKind.LIST: ListData,
    WidgetKind.TEMPLATE: TemplateData,
}


def everybody(settings: Settings) -> bool:
    """Say yes: the widget's features decide alone."""
    return True


def nowhere(settings: Settings, period: Period) -> str:
    """Lead on to nothing."""
    return ""


@dataclass(frozen=True, slots=True)
class DashboardWidget:
    """Something to see at a glance: `data(settings, period)` reads it, in the caller's scope and read only.

    `kind` says which of the shapes it returns. `allowed(settings)` is asked besides `features`. `drill_through`
    gives the address of the page that shows what was counted, "" for none. `refresh` is the number of seconds after
    which an open page asks again, 0 for never. `is_standard` puts it on the dashboard of those who have chosen none.
    """

    id: str
    title: Text
    kind: WidgetKind
    data: Callable[[Settings, Period], Data]
    description: Text = ""
    icon: str = "widgets"
    width: Width = Width.MD
    settings: tuple[Setting, ...] = ()
    features: tuple[str, ...] = ()
    priority: int = 0
    refresh: int = 0
    is_standard: bool = False
    allowed: Callable[[Settings], bool] = everybody
    drill_through: Callable[[Settings, Period], str] = nowhere
    seconds: float = SECONDS


DASHBOARD_WIDGETS: ExtensionPoint[DashboardWidget] = ExtensionPoint("dashboard widget")


def dashboard_widget(declared: DashboardWidget) -> DashboardWidget:
    """Register a widget."""
    return DASHBOARD_WIDGETS.add(declared.id, declared)
