"""The form for what a stage demands of a deal that is to be moved into it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.customers.admin.board_deeds import DEMANDS
from apps.customers.admin.board_forms import DemandsForm
from apps.customers.calculations import lacking
from apps.customers.features import MANAGE_DEALS
from apps.customers.models import Deal, Stage
from apps.customers.selectors.kpis import tenant_profile
from apps.customers.services import update_deal
from apps.customers.services.deals import facts
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.inputs import stated_version
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound, StaleVersion
from apps.kernel.registry.entities import ENTITIES


@own_page(OwnPage(DEMANDS, "customers/deal/board/demands/", MANAGE_DEALS))
def demands_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask for what is missing; POST fills it in and moves the deal, both at once and with one undo."""
    deal, stage = _deal(request), _stage(request)
    names = lacking(stage.required_fields, facts(deal))
    given = request.POST if request.method == "POST" else None
    form = DemandsForm(names, labels_of(request), given, initial={"value_currency": tenant_profile().base_currency})
    refusal: PlatformError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            run(update_deal, deal.pk, stage_id=stage.pk, expected_version=stated_version(request), **form.arguments())
        except RowNotFound:
            raise Http404 from None
        except StaleVersion as error:
            refusal, deal = error, _deal(request)
        except PlatformError as error:
            if not is_form_error(error):
                raise
            add_refusal(form, error)
        else:
            say(request, _("“%(deal)s” is in “%(stage)s” now.") % {"deal": deal, "stage": stage})
            return HttpResponseRedirect(_back(request))
    context = {
        **site.each_context(request),
        "title": _("Move to %(stage)s") % {"stage": stage},
        "deal": deal,
        "stage": stage,
        "form": form,
        "refusal": refusal,
        "next": _back(request),
        "address": f"{reverse(f'admin:{DEMANDS}')}?{urlencode({'deal': deal.pk, 'stage': stage.pk})}",
    }
    status = refusal.status if refusal is not None else 200
    return TemplateResponse(request, "customers/board_demands.html", context, status=status)


def _deal(request: HttpRequest) -> Deal:
    found: Deal | None = ENTITIES[Deal.entity_id].living().filter(pk=_id(request, "deal")).first()
    if found is None:
        raise Http404
    return found


def _stage(request: HttpRequest) -> Stage:
    found = Stage.objects.filter(pk=_id(request, "stage"), deleted_at__isnull=True).first()
    if found is None:
        raise Http404
    stage: Stage = found
    return stage


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        raise Http404 from None


def _back(request: HttpRequest) -> str:
    wanted: Any = request.POST.get("next") or request.GET.get("next") or ""
    is_own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return str(wanted) if is_own else reverse("admin:customers_deal_board")
