"""What events add to dashboards: deliveries that wait, and those that were given up."""

from __future__ import annotations

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.events.features import VIEW_DELIVERIES
from apps.events.selectors import visible_deliveries
from apps.kernel.eventbus.models import DeliveryStatus
from apps.kernel.extensions.dashboards import (
    DashboardWidget,
    NumberData,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.periods import Period

WAITING = (DeliveryStatus.WAITING, DeliveryStatus.HELD)


def show_deliveries(settings: Settings, period: Period) -> NumberData:
    """How many deliveries wait now, and how many dead letters there are; the period is of no account."""
    open_ones = visible_deliveries().filter(status__in=(*WAITING, DeliveryStatus.DEAD)).order_by()
    counts = open_ones.aggregate(
        waiting=Count("pk", filter=Q(status__in=WAITING)), dead=Count("pk", filter=Q(status=DeliveryStatus.DEAD))
    )
    return NumberData(
        counts["waiting"],
        detail=_("waiting now"),
        tone="danger" if counts["dead"] else "neutral",
        more=((_("dead letters"), counts["dead"], ""),),
    )


def dead_letters(settings: Settings, period: Period) -> str:
    """The list of deliveries that were given up."""
    return f"{reverse('admin:kernel_delivery_changelist')}?status__exact={DeliveryStatus.DEAD}"


dashboard_widget(
    DashboardWidget(
        "events.deliveries",
        _("Deliveries of events"),
        WidgetKind.NUMBER,
        show_deliveries,
        description=_("How many deliveries wait, and how many were given up."),
        icon="outbox",
        width=Width.SM,
        features=(VIEW_DELIVERIES,),
        priority=24,
        refresh=30,
        is_standard=True,
        drill_through=dead_letters,
    )
)
