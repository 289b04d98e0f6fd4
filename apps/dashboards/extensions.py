"""What the module shows on dashboards itself: any figure as a number or a chart, and a note; and the start page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.dashboards.contracts import Answer, Figure, Question
from apps.dashboards.features import VIEW
from apps.dashboards.selectors.answering import answer
from apps.dashboards.selectors.drilling import list_address
from apps.dashboards.selectors.sources import (
    COUNT,
    date_choices,
    entity_choices,
    group_choices,
    is_open,
    measure_choices,
    source_of,
)
from apps.kernel.extensions.dashboards import (
    ChartData,
    DashboardWidget,
    Drawing,
    NumberData,
    Series,
    Setting,
    SettingKind,
    Settings,
    TemplateData,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.spots import Place, Widget, widget

Choices = Any
COMPARISONS = (("previous_period", _("the period before")), ("previous_year", _("the year before")))
STRETCHES = (
    ("day", _("days")),
    ("week", _("weeks")),
    ("month", _("months")),
    ("quarter", _("quarters")),
    ("year", _("years")),
)
DRAWINGS = (
    (Drawing.BAR, _("bars")),
    (Drawing.LINE, _("a line")),
    (Drawing.STACKED, _("bars on top of each other")),
    (Drawing.DOUGHNUT, _("a ring")),
)


def _entities(settings: Settings) -> Choices:
    return entity_choices()


def _of_entity(settings: Settings, choices: Any) -> Choices:
    entity = settings.get("entity")
    return choices(source_of(entity)) if isinstance(entity, str) and is_open(entity) else []


def _measures(settings: Settings) -> Choices:
    return _of_entity(settings, measure_choices)


def _groups(settings: Settings) -> Choices:
    return _of_entity(settings, group_choices)


def _dates(settings: Settings) -> Choices:
    found = _of_entity(settings, date_choices)
    return found if len(found) > 1 else []


def _stretches(settings: Settings) -> Choices:
    """How time is cut, where the chart is by time."""
    by_time = {name for name, _label in _of_entity(settings, date_choices)}
    return STRETCHES if settings.get("group_by") in by_time else []


def _comparisons(settings: Settings) -> Choices:
    return COMPARISONS


def _drawings(settings: Settings) -> Choices:
    return DRAWINGS


ENTITY = Setting("entity", _("Records"), SettingKind.CHOICE, choices=_entities, is_required=True, refines=True)
MEASURE = Setting("measure", _("Figure"), SettingKind.CHOICE, COUNT, choices=_measures, is_required=True)
DATE = Setting("date", _("Period is about"), SettingKind.CHOICE, choices=_dates)
COMPARISON = Setting("comparison", _("Compare with"), SettingKind.CHOICE, choices=_comparisons)
CONDITION = Setting(
    "condition",
    _("Only those where"),
    SettingKind.CONDITION,
    None,
    help=_('A condition as JSON, such as {"field": "source", "operator": "=", "value": "ECB"}. Empty counts all.'),
)


def may_ask(settings: Settings) -> bool:
    """Say whether the actor may see figures of the chosen kind of record, or of any where none is chosen yet."""
    entity = settings.get("entity")
    return is_open(entity) if isinstance(entity, str) and entity else bool(entity_choices())


def _question(settings: Settings, **more: Any) -> Question:
    aggregate, _colon, measure = str(settings["measure"]).partition(":")
    return Question(
        entity=settings["entity"],
        aggregate=aggregate,
        measure=measure,
        condition=settings["condition"] or None,
        comparison=settings["comparison"] or "",
        **more,
    )


def _number_question(settings: Settings) -> Question:
    return _question(settings, date=settings["date"] or "")


def show_number(settings: Settings, period: Period) -> NumberData:
    """One figure; of money in several currencies the largest one, and the others below it."""
    found = answer(_number_question(settings), period).figures
    first, *others = [*found, *([] if found else [Figure(None, "", None)])]
    more = [("", figure.value, figure.currency) for figure in others if figure.value is not None]
    return NumberData(first.value, previous=first.previous, unit=first.currency, more=more)


def number_link(settings: Settings, period: Period) -> str:
    """The list of what was counted."""
    question, source = _number_question(settings), source_of(settings["entity"])
    return list_address(source, period, question.date or source.figures.dates[0], question.condition)


def show_chart(settings: Settings, period: Period) -> ChartData:
    """Figures by time or by what tells records apart: a line for each currency, and for what it is compared with."""
    question = _question(
        settings,
        group_by=settings["group_by"],
        granularity=settings["granularity"] or "",
        limit=settings["limit"],
    )
    found = answer(question, period)
    labels = list(dict.fromkeys((figure.key, figure.label) for figure in found.figures))
    return ChartData(
        labels=[label for _key, label in labels],
        series=list(_series(settings, found, [key for key, _label in labels])),
        drawing=Drawing(settings["drawing"]),
        axis=dict(_groups(settings)).get(settings["group_by"], ""),
        links=_links(found, [key for key, _label in labels]),
    )


def _series(settings: Settings, found: Answer, keys: list[Any]) -> Any:
    name = dict(_measures(settings)).get(settings["measure"], "")
    for currency in dict.fromkeys(figure.currency for figure in found.figures):
        own = {figure.key: figure for figure in found.figures if figure.currency == currency}
        yield Series(currency or name, [_of(own, key, "value") for key in keys])
        if found.compared is not None:
            before = dict(COMPARISONS)[settings["comparison"]]
            text = f"{currency}, {before}" if currency else before
            yield Series(text, [_of(own, key, "previous") for key in keys])


def _of(figures: Mapping[Any, Figure], key: Any, name: str) -> Any:
    figure = figures.get(key)
    return getattr(figure, name) if figure is not None else None


def _links(found: Answer, keys: list[Any]) -> list[str]:
    """Where each label leads; nowhere where it stands for amounts of several currencies."""
    links: dict[Any, list[str]] = {}
    for figure in found.figures:
        links.setdefault(figure.key, []).append(figure.link)
    return [links[key][0] if len(links[key]) == 1 else "" for key in keys]


def show_note(settings: Settings, period: Period) -> TemplateData:
    """A text."""
    return TemplateData("dashboards/note.html", {"text": settings["text"]})


dashboard_widget(
    DashboardWidget(
        "dashboards.metric",
        _("A figure of your choice"),
        WidgetKind.NUMBER,
        show_number,
        description=_("How many records there are, or the sum, average, lowest or highest of one of their numbers."),
        icon="pin",
        width=Width.SM,
        settings=(ENTITY, MEASURE, DATE, COMPARISON, CONDITION),
        features=(VIEW,),
        priority=-10,
        allowed=may_ask,
        drill_through=number_link,
    )
)
dashboard_widget(
    DashboardWidget(
        "dashboards.chart",
        _("A chart of your choice"),
        WidgetKind.CHART,
        show_chart,
        description=_("Records counted or added up by days, weeks or months, or by what tells them apart."),
        icon="bar_chart",
        width=Width.LG,
        settings=(
            ENTITY,
            MEASURE,
            Setting("group_by", _("By"), SettingKind.CHOICE, choices=_groups, is_required=True, refines=True),
            Setting("granularity", _("In"), SettingKind.CHOICE, choices=_stretches, help=_("Empty: as it fits.")),
            Setting("limit", _("At most"), SettingKind.INTEGER, 10, minimum=1, maximum=100),
            Setting("drawing", _("Drawn as"), SettingKind.CHOICE, "bar", choices=_drawings, is_required=True),
            COMPARISON,
            CONDITION,
        ),
        features=(VIEW,),
        priority=-20,
        allowed=may_ask,
    )
)
dashboard_widget(
    DashboardWidget(
        "dashboards.note",
        _("Note"),
        WidgetKind.TEMPLATE,
        show_note,
        description=_("A text of your own: what to look at, whom to ask."),
        icon="sticky_note_2",
        width=Width.MD,
        settings=(Setting("text", _("Text"), maximum=1000, is_required=True),),
        features=(VIEW,),
        priority=-30,
    )
)


def show_start(place: Place) -> dict[str, object]:
    """Variables of the frame on the start page; what stands in it is fetched when the page is there."""
    return {}


widget(
    Widget(
        "dashboards.start", "backend:dashboard:header", "dashboards/start.html", context=show_start, features=(VIEW,)
    )
)
