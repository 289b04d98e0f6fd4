"""The page of one widget's settings: of one that stands on a dashboard, or of one that is to come."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.dashboards.admin.addresses import ARRANGE, LIST, WIDGET, address_of, editable_dashboard
from apps.dashboards.admin.widget_form import WidgetForm, read
from apps.dashboards.calculations.layouts import found
from apps.dashboards.features import MANAGE
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.catalog import is_for_actor, known_widgets
from apps.dashboards.selectors.sources import is_open, source_of
from apps.dashboards.services import add_item, change_item
from apps.dashboards.services.checking import new_item
from apps.kernel.admin.building import builder_data
from apps.kernel.admin.conditions import named_columns
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.kernel.extensions.dashboards import SettingKind


@own_page(OwnPage(WIDGET, "dashboards/widget/", MANAGE))
def widget_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask for title and settings; `refine` only asks again, as the choices made so far leave the rest."""
    dashboard = editable_dashboard(request)
    if dashboard is None:
        return HttpResponseRedirect(reverse(LIST))
    item_id = request.GET.get("item", "")
    item: Any = found(dashboard.items, item_id) if item_id else new_item(widget=request.GET.get("widget", ""))
    declared = known_widgets().get(item["widget"]) if item is not None else None
    if declared is None or not is_for_actor(declared, item["settings"]):
        raise Http404
    is_sent = request.method == "POST" and "refine" not in request.POST
    if request.method == "POST" and not is_sent:
        item = {**item, "title": request.POST.get("title", ""), "settings": read(declared, request.POST)}
    form = WidgetForm(declared, request.POST if is_sent else None, item=item)
    if is_sent and form.is_valid() and _saved(request, dashboard, form, item_id):
        return HttpResponseRedirect(address_of(ARRANGE, dashboard.pk))
    context = {
        **site.each_context(request),
        "title": str(declared.title),
        "declared": declared,
        "form": form,
        "builder": _builder(request, form),
        "is_new": not item_id,
        "refines": any(setting.refines for setting in form.asked),
        "back_url": address_of(ARRANGE, dashboard.pk),
    }
    return TemplateResponse(request, "dashboards/widget.html", context)


def _builder(request: HttpRequest, form: WidgetForm) -> dict[str, Any] | None:
    """What the dialog of conditions reads; None for a widget without one, or before its kind of record is chosen."""
    entity = form.values.get("entity")
    if not any(setting.kind is SettingKind.CONDITION for setting in form.asked) or not is_open(str(entity or "")):
        return None
    source = source_of(str(entity))
    fields = named_columns(source.entity.model, source.figures.conditions)
    tree = form.values.get("condition")
    tree = tree if isinstance(tree, dict) else None
    return {"data": builder_data(source.entity.model, fields, tree, labels_of(request))} if fields else None


def _saved(request: HttpRequest, dashboard: Dashboard, form: WidgetForm, item_id: str) -> bool:
    """Add or change the widget; False where the command refused, with its complaints in the form."""
    title, settings = form.cleaned_data["title"], form.given()
    try:
        if item_id:
            run(change_item, dashboard.pk, item_id=item_id, title=title, settings=settings)
        else:
            run(add_item, dashboard.pk, widget=form.declared.id, title=title, settings=settings)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        form.refuse(error)
        return False
    say(request, _("Changed.") if item_id else _("Added at the end."))
    return True
