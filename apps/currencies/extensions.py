"""What currencies adds elsewhere: links of the navigation, and widgets and figures of dashboards."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.currencies.features import VIEW_RATES
from apps.currencies.models import ExchangeRate
from apps.currencies.selectors import newest_rates, rate_coverage
from apps.kernel.extensions.dashboards import (
    Cell,
    DashboardWidget,
    NumberData,
    Setting,
    SettingKind,
    Settings,
    TableData,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.figures import Figures, figures
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.periods import Period

RATES = "admin:currencies_exchangerate_changelist"


def show_newest(settings: Settings, period: Period) -> TableData:
    """The newest rate of each pair, as of the period's end."""
    heads = (_("Pair"), _("Rate"), _("Day"))
    rows = [
        (Cell(f"{row.from_code}/{row.to_code}"), Cell(row.rate), Cell(row.effective_on))
        for row in newest_rates(until=period.end, limit=settings["limit"])
    ]
    return TableData(heads, rows, empty=_("There are no rates yet."))


def show_coverage(settings: Settings, period: Period) -> NumberData:
    """How many of the currencies in use have a rate in the period."""
    rated, missing = rate_coverage(period.start, period.end)
    whole = rated + len(missing)
    if not whole:
        return NumberData(None, detail=_("There are no currencies beside the base yet."))
    words = _now("%(rated)s of %(whole)s currencies have a rate.") % {"rated": rated, "whole": whole}
    without = _now("Without: %(codes)s.") % {"codes": ", ".join(missing)} if missing else ""
    tone = "warning" if missing else "success"
    return NumberData(rated * 100 // whole, unit="%", detail=f"{words} {without}".strip(), tone=tone)


def rates_of_period(settings: Settings, period: Period) -> str:
    """The list of the period's rates."""
    return f"{reverse(RATES)}?effective_on__gte={period.start}&effective_on__lte={period.end}"


def all_rates(settings: Settings, period: Period) -> str:
    """The list of rates."""
    return reverse(RATES)


dashboard_widget(
    DashboardWidget(
        "currencies.newest",
        _("Newest rates"),
        WidgetKind.TABLE,
        show_newest,
        description=_("The newest exchange rate of each pair of currencies."),
        icon="currency_exchange",
        settings=(Setting("limit", _("At most"), SettingKind.INTEGER, 8, minimum=1, maximum=50),),
        features=(VIEW_RATES,),
        priority=20,
        is_standard=True,
        drill_through=all_rates,
    )
)
dashboard_widget(
    DashboardWidget(
        "currencies.coverage",
        _("Coverage of rates"),
        WidgetKind.NUMBER,
        show_coverage,
        description=_("How many of the currencies in use have a rate in the period."),
        icon="fact_check",
        width=Width.SM,
        features=(VIEW_RATES,),
        priority=10,
        drill_through=rates_of_period,
    )
)
figures(
    Figures(
        "currencies.rates_in_figures",
        ExchangeRate.entity_id,
        features=(VIEW_RATES,),
        dates=("effective_on", "created_at"),
        measures=("rate",),
        groups=("source", "from_code", "to_code", "kind"),
    )
)

# Between the rates, which they show, and the fetching of them.
menu_item(
    MenuItem(
        "currencies.chart",
        _("Rate chart"),
        "admin:currencies_chart",
        icon="show_chart",
        group="currencies",
        priority=-30,
        features=(VIEW_RATES,),
    )
)
menu_item(
    MenuItem(
        "currencies.converter",
        _("Converter"),
        "admin:currencies_converter",
        icon="calculate",
        group="currencies",
        priority=-40,
        features=(VIEW_RATES,),
    )
)
