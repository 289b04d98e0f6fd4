"""What deals add elsewhere: the board in the navigation, and widgets of dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_COMPANIES, VIEW_DEALS, VIEW_PEOPLE
from apps.customers.models import Company, Deal, Outcome, Person
from apps.customers.selectors import needs_attention, today
from apps.customers.selectors.board import pipeline_names, pipelines_to_show
from apps.customers.selectors.deal_sums import Asked, living_deals
from apps.customers.selectors.kpis import added_and_before, happened_and_before, month_figures, stage_figures
from apps.kernel import clock
from apps.kernel.extensions.dashboards import (
    ChartData,
    DashboardWidget,
    Entry,
    ListData,
    NumberData,
    Series,
    Setting,
    SettingKind,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.periods import Period, stretch_words
from apps.kernel.extensions.presets import before
from apps.kernel.registry.entities import ENTITIES

DEALS = "admin:customers_deal_changelist"
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
EVERY = ""


def show_new_customers(settings: Settings, period: Period) -> NumberData:
    """How many people and companies were added, compared with the period before."""
    people, companies = (_added(model, period) for model in (Person, Company))
    former = sum(_added(model, before(period)) for model in (Person, Company))
    return NumberData(
        people + companies,
        previous=former,
        more=((_("People"), people, ""), (_("Companies"), companies, "")),
    )


def _added(model: Any, period: Period) -> int:
    return ENTITIES[model.entity_id].living().filter(period.during("created_at")).count()


def show_new_deals(settings: Settings, period: Period) -> NumberData:
    """How many deals were added and what they are worth, compared with the period before."""
    base, now, former, missing = added_and_before(period, Asked())
    more = ((_disclosed(_now("worth"), missing), now.value, base),) if base else ()
    return NumberData(now.count, previous=former.count, more=more)


def show_stages(settings: Settings, period: Period) -> ChartData:
    """What open deals are worth, stage by stage, and how much of it is likely to come; without empty pipelines."""
    pipelines = pipelines_to_show()
    chosen = next((item.pk for item in pipelines if str(item.pk) == settings["pipeline"]), None)
    base, stages, missing = stage_figures(Asked(pipeline_id=chosen))
    names = pipeline_names(pipelines)
    is_named = chosen is None and len({stage.pipeline_id for stage in stages}) > 1
    if is_named:
        in_use = {stage.pipeline_id for stage in stages if stage.figures.count}
        stages = [stage for stage in stages if stage.pipeline_id in in_use] or stages
    labels = [f"{names.get(item.pipeline_id, '')}: {item.label}" if is_named else item.label for item in stages]
    values = [item.figures.value for item in stages]
    return ChartData(
        labels,
        [
            Series(_disclosed(_now("Value"), missing), values),
            Series(_now("Likely"), [item.figures.weighted for item in stages]),
        ],
        axis=_("Stage"),
        unit=base,
        links=[_list(outcome__exact=Outcome.OPEN, stage__id__exact=item.stage_id) for item in stages],
    )


def show_won(settings: Settings, period: Period) -> ChartData:
    """What was won, month by month."""
    base, months, missing = month_figures(period, Asked())
    return ChartData(
        [stretch_words(item.first, "month") for item in months],
        [Series(_disclosed(_now("Won"), missing), [item.happened.won.value for item in months])],
        axis=_("Month"),
        unit=base,
    )


def show_win_rate(settings: Settings, period: Period) -> NumberData:
    """How many of the deals that were closed were won, compared with the period before."""
    _base, now, former = happened_and_before(period, Asked())
    closed = now.won.count + now.lost.count
    words = _now("%(won)s of %(closed)s closed deals were won.") % {"won": now.won.count, "closed": closed}
    return NumberData(
        now.win_rate,
        previous=former.win_rate,
        unit="%",
        detail=words if closed else _("No deal was closed in these days."),
    )


def show_attention(settings: Settings, period: Period) -> ListData:
    """Open deals that are overdue or stale, those that are worth most first."""
    day = today()
    rows = living_deals(Asked()).filter(needs_attention(clock.now(), day)).select_related("stage")
    found = rows.order_by(F("base_amount").desc(nulls_last=True), "pk")[: settings["limit"]]
    late = {deal.pk for deal in found if deal.expected_close_on is not None and deal.expected_close_on < day}
    return ListData([_entry(deal, is_late=deal.pk in late) for deal in found], empty=_("No deal needs attention now."))


def _entry(deal: Deal, *, is_late: bool) -> Entry:
    day = formats.date_format(deal.expected_close_on, "SHORT_DATE_FORMAT") if deal.expected_close_on else ""
    days = max(0, (clock.now() - deal.stage_since).days)
    late = _now("%(stage)s · expected on %(day)s") % {"stage": deal.stage, "day": day}
    stale = _now("%(stage)s · for %(days)s days") % {"stage": deal.stage, "days": days}
    return Entry(
        deal.title,
        note=late if is_late else stale,
        link=reverse("admin:customers_deal_overview", args=[deal.pk]),
        icon="event_busy" if is_late else "hourglass_bottom",
        tone="danger" if is_late else "warning",
    )


def _disclosed(name: str, missing: Sequence[str]) -> str:
    """The name of a series, with what it leaves out for want of a rate."""
    if not missing:
        return name
    return _now("%(name)s (without %(codes)s: no rate)") % {"name": name, "codes": ", ".join(missing)}


def _pipelines(settings: Settings) -> list[tuple[str, Any]]:
    names = pipeline_names(pipelines_to_show())
    return [(EVERY, _("All pipelines")), *((str(pk), name) for pk, name in names.items())]


def _list(**asked: Any) -> str:
    return f"{reverse(DEALS)}?{urlencode(asked)}"


def added_deals(settings: Settings, period: Period) -> str:
    """The list of the period's new deals."""
    return _list(created_at__gte=f"{period.since:{MOMENT}}", created_at__lt=f"{period.until:{MOMENT}}")


def won_deals(settings: Settings, period: Period) -> str:
    """The list of deals that were won in the period."""
    during = {"closed_at__gte": f"{period.since:{MOMENT}}", "closed_at__lt": f"{period.until:{MOMENT}}"}
    return _list(outcome__exact=Outcome.WON, **during)


def board_of(settings: Settings, period: Period) -> str:
    """The board of the pipeline."""
    chosen = settings["pipeline"]
    board = reverse("admin:customers_deal_board")
    return f"{board}?{urlencode({'pipeline': chosen})}" if chosen else board


def needy_deals(settings: Settings, period: Period) -> str:
    """The list of deals that need attention."""
    return _list(attention="any")


def new_people(settings: Settings, period: Period) -> str:
    """The list of the period's new people."""
    during = {"created_at__gte": f"{period.since:{MOMENT}}", "created_at__lt": f"{period.until:{MOMENT}}"}
    return f"{reverse('admin:customers_person_changelist')}?{urlencode(during)}"


menu_item(
    MenuItem(
        "customers.deal_board",
        _("Deal board"),
        "admin:customers_deal_board",
        icon="view_kanban",
        group="customers",
        priority=-25,
        features=(VIEW_DEALS,),
    )
)
dashboard_widget(
    DashboardWidget(
        "customers.new_customers",
        _("New customers"),
        WidgetKind.NUMBER,
        show_new_customers,
        description=_("How many people and companies were added."),
        icon="person_add",
        width=Width.SM,
        features=(VIEW_PEOPLE, VIEW_COMPANIES),
        priority=70,
        is_standard=True,
        drill_through=new_people,
    )
)
dashboard_widget(
    DashboardWidget(
        "customers.new_deals",
        _("New deals"),
        WidgetKind.NUMBER,
        show_new_deals,
        description=_("How many deals were added, and what they are worth."),
        icon="handshake",
        width=Width.SM,
        features=(VIEW_DEALS,),
        priority=69,
        is_standard=True,
        drill_through=added_deals,
    )
)
dashboard_widget(
    DashboardWidget(
        "customers.win_rate",
        _("Win rate"),
        WidgetKind.NUMBER,
        show_win_rate,
        description=_("How many of the deals that were closed were won."),
        icon="trophy",
        width=Width.SM,
        features=(VIEW_DEALS,),
        priority=68,
        is_standard=True,
        drill_through=won_deals,
    )
)
dashboard_widget(
    DashboardWidget(
        "customers.pipeline_by_stage",
        _("Pipeline by stage"),
        WidgetKind.CHART,
        show_stages,
        description=_("What open deals are worth, stage by stage, and how much of it is likely to come."),
        icon="filter_alt",
        width=Width.LG,
        settings=(Setting("pipeline", _("Pipeline"), SettingKind.CHOICE, EVERY, choices=_pipelines),),
        features=(VIEW_DEALS,),
        priority=67,
        is_standard=True,
        drill_through=board_of,
    )
)
dashboard_widget(
    DashboardWidget(
        "customers.won_by_month",
        _("Won by month"),
        WidgetKind.CHART,
        show_won,
        description=_("What was won in the last six months up to the end of the period."),
        icon="monitoring",
        width=Width.LG,
        features=(VIEW_DEALS,),
        priority=66,
        is_standard=True,
        drill_through=won_deals,
    )
)
dashboard_widget(
    DashboardWidget(
        "customers.attention",
        _("Deals that need attention"),
        WidgetKind.LIST,
        show_attention,
        description=_("Open deals that are overdue, or in their stage for too long."),
        icon="notification_important",
        settings=(Setting("limit", _("At most"), SettingKind.INTEGER, 8, minimum=1, maximum=50),),
        features=(VIEW_DEALS,),
        priority=65,
        is_standard=True,
        drill_through=needy_deals,
    )
)
