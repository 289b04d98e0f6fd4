"""What the search adds to the navigation, and to dashboards."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.extensions.dashboards import (
    DashboardWidget,
    NumberData,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.periods import Period
from apps.kernel.registry.subjects import SubjectSource, subject_source
from apps.search.features import MANAGE, VIEW
from apps.search.selectors.status import index_status
from apps.search.services.subjects import forget_subject

menu_item(
    MenuItem(
        "search.find",
        _("Search all records"),
        "admin:search_find",
        icon="manage_search",
        group="search",
        priority=-10,
        features=(VIEW,),
    )
)
menu_item(
    MenuItem(
        "search.status",
        _("Search index"),
        "admin:search_status",
        icon="database_search",
        group="search",
        priority=-20,
        features=(MANAGE,),
    )
)
menu_item(
    MenuItem(
        "search.settings",
        _("Search settings"),
        "admin:search_settings",
        icon="tune",
        group="search",
        priority=-30,
        features=(MANAGE,),
    )
)


def show_index(settings: Settings, period: Period) -> NumberData:
    """How many documents the index has now, and what it lacks; the period is of no account."""
    status = index_status()
    drift = sum(kind.index.drift for kind in status.kinds)
    return NumberData(
        sum(kind.documents for kind in status.kinds),
        detail=_("documents"),
        tone="danger" if status.given_up else "warning" if drift else "success",
        more=(
            (_("changes waiting"), status.waiting, ""),
            (_("given up"), status.given_up, ""),
            (_("differing at the last comparison"), drift, ""),
        ),
    )


def status_page(settings: Settings, period: Period) -> str:
    """The page of the index."""
    return reverse("admin:search_status")


dashboard_widget(
    DashboardWidget(
        "search.index_health",
        _("Search index"),
        WidgetKind.NUMBER,
        show_index,
        description=_("How many records can be found, and what the index lacks."),
        icon="database_search",
        width=Width.SM,
        features=(MANAGE,),
        priority=22,
        is_standard=True,
        drill_through=status_page,
    )
)
subject_source(SubjectSource("search.documents", _("Index of the search"), erase=forget_subject))
