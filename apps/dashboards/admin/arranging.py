"""The page on which a dashboard is arranged: moved by dragging or by buttons, widened, set, taken off, added to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards.admin.addresses import ARRANGE, BOARD, LIST, WIDGET, address_of, editable_dashboard
from apps.dashboards.calculations.layouts import MOST_ITEMS
from apps.dashboards.features import MANAGE
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.catalog import catalog, known_widgets
from apps.dashboards.selectors.running import placeholders
from apps.dashboards.services import add_item, arrange_items, change_item, move_item, remove_item
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.inputs import stated_version
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, StaleVersion
from apps.kernel.extensions.dashboards import Width

WIDTHS = (
    (Width.SM, gettext_lazy("a quarter")),
    (Width.MD, gettext_lazy("a third")),
    (Width.LG, gettext_lazy("a half")),
    (Width.XL, gettext_lazy("the whole width")),
)


@own_page(OwnPage(ARRANGE, "dashboards/arrange/", MANAGE))
def arrange_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the widgets to be arranged; on POST do one thing with one of them, or put all into an order."""
    dashboard = editable_dashboard(request)
    if dashboard is None:
        return HttpResponseRedirect(reverse(LIST))
    if request.method == "POST":
        return _done(request, dashboard)
    context = {
        **site.each_context(request),
        "title": _("Arrange %(name)s") % {"name": dashboard},
        "dashboard": dashboard,
        "items": [_line(dashboard, shown) for shown in placeholders(dashboard.items, names_missing=True)],
        "hidden": len(dashboard.items) - len(placeholders(dashboard.items, names_missing=True)),
        "groups": catalog(),
        "widths": WIDTHS,
        "is_full": len(dashboard.items) >= MOST_ITEMS,
        "most": MOST_ITEMS,
        "board_url": address_of(BOARD, dashboard.pk),
        "form_url": reverse("admin:dashboards_dashboard_change", args=[dashboard.pk]),
        "moved": request.GET.get("moved", ""),
        "direction": request.GET.get("direction", ""),
    }
    return TemplateResponse(request, "dashboards/arrange.html", context)


def _line(dashboard: Dashboard, shown: Any) -> dict[str, Any]:
    item = shown.item
    return {
        "id": item["id"],
        "title": shown.title,
        "kind": str(shown.widget.title) if shown.widget is not None else item["widget"],
        "icon": shown.widget.icon if shown.widget is not None else "extension_off",
        "width": item["width"],
        "is_missing": shown.widget is None,
        "settings_url": address_of(WIDGET, dashboard.pk, item=item["id"]) if shown.widget is not None else "",
    }


def _done(request: HttpRequest, dashboard: Dashboard) -> HttpResponse:
    after = ""
    try:
        after, said = _do(request, dashboard)
        say(request, said)
    except StaleVersion:
        say(request, _("Somebody else has changed the dashboard meanwhile. This is how it is now."), messages.WARNING)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        say(request, " ".join(item.message for item in error.errors) or error.detail, messages.ERROR)
    return HttpResponseRedirect(after or address_of(ARRANGE, dashboard.pk))


def _do(request: HttpRequest, dashboard: Dashboard) -> tuple[str, str]:
    """Run what was asked for; where to go then ("" for the same page), and what to say."""
    given = request.POST
    expected = stated_version(request)
    if "add" in given:
        return _added(dashboard, given["add"])
    if "move" in given:
        item_id, _colon, places = given["move"].partition(":")
        by = -1 if places == "-1" else 1
        run(move_item, dashboard.pk, item_id=item_id, by=by)
        direction = "up" if by < 0 else "down"
        return address_of(ARRANGE, dashboard.pk, moved=item_id, direction=direction), _("Moved.")
    if "remove" in given:
        run(remove_item, dashboard.pk, item_id=given["remove"])
        return "", _("Taken off the dashboard.")
    if "widen" in given:
        width = given.get(f"width-{given['widen']}", "")
        run(change_item, dashboard.pk, item_id=given["widen"], width=width)
        return address_of(ARRANGE, dashboard.pk, moved=given["widen"], direction="width"), _("Changed.")
    run(arrange_items, dashboard.pk, item_ids=given.get("order", "").split(","), expected_version=expected)
    return "", _("Arranged.")


def _added(dashboard: Dashboard, widget: str) -> tuple[str, str]:
    """Add the widget, or ask for its settings first where it cannot do without."""
    declared = known_widgets().get(widget)
    if declared is not None and any(setting.is_required for setting in declared.settings):
        return address_of(WIDGET, dashboard.pk, widget=widget), _("Say first what it is to show.")
    run(add_item, dashboard.pk, widget=widget)
    return "", _("Added at the end.")
