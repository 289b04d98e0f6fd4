"""Refusals of the dashboards module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError


class DashboardReadOnly(PlatformError):
    """The dashboard is somebody else's. Whoever wants another one makes a copy."""

    status = 403
    code = "dashboards.dashboard.read_only"
    message = _("{name} is shared with you to look at. Make a copy to change it.")


class DashboardFull(Conflict):
    """A dashboard has so many widgets that nobody sees them at a glance."""

    code = "dashboards.dashboard.full"
    message = _("A dashboard has room for {most} widgets.")


class ItemUnknown(Conflict):
    """The widget was taken off the dashboard meanwhile."""

    code = "dashboards.dashboard.item_unknown"
    message = _("This widget is not on the dashboard any more.")


class OrderIncomplete(InvalidInput):
    """An order names every widget of the dashboard once."""

    code = "dashboards.dashboard.order_incomplete"
    message = _("The order has to name every widget of the dashboard once. Somebody may have changed it meanwhile.")


class NotShared(InvalidInput):
    """A role's start page is a dashboard that the role sees."""

    code = "dashboards.dashboard.not_shared"
    message = _("Share the dashboard with the role first.")


class FiguresUnavailable(InvalidInput):
    """Nobody has said what may be counted of such records, or not to this caller; the two look the same."""

    code = "dashboards.figures.unavailable"
    message = _("There are no figures of this kind of record.")
