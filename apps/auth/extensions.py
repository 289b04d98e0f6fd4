"""What auth adds elsewhere: a link of the navigation, and a widget of dashboards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.auth.features import VIEW_API_KEYS, VIEW_USERS
from apps.auth.selectors import users_signing_in
from apps.kernel.extensions.dashboards import (
    ChartData,
    DashboardWidget,
    Drawing,
    Series,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.periods import Period, stretch_words

# Behind the page of keys: whoever makes a key looks next for what can be called with it.
menu_item(
    MenuItem(
        "auth.api_docs",
        _("REST interface"),
        "kernel.api.docs",
        icon="api",
        group="auth",
        priority=-45,
        features=(VIEW_API_KEYS,),
    )
)


def show_active_users(settings: Settings, period: Period) -> ChartData:
    """How many users signed in, by time."""
    found, cut = users_signing_in(period), period.granularity
    days = period.stretches()
    counts = Series(_("Users who signed in"), [found.get(day, 0) for day in days])
    return ChartData([stretch_words(day, cut) for day in days], [counts], drawing=Drawing.LINE, axis=_("Time"))


dashboard_widget(
    DashboardWidget(
        "auth.active_users",
        _("Active users"),
        WidgetKind.CHART,
        show_active_users,
        description=_("How many different users signed in, day by day."),
        icon="login",
        width=Width.LG,
        features=(VIEW_USERS,),
        priority=30,
        is_standard=True,
    )
)
