"""The page on which many prices are changed at once: choose, look at old and new, apply, and undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.admin.price_change_form import MOST_PRODUCTS, ChangeForm
from apps.catalog.admin.price_inputs import amount_text, moment_text, quantities_text
from apps.catalog.errors import PriceChangedSince
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Product, Variant
from apps.catalog.services import ChangeWay, change_prices, goes_behind, preview_change, start_change
from apps.catalog.services.price_changes import Preview
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

PAGE = "catalog_price_change_many"
MOST_LINES = 200
UNSEEN = "nothing"  # no preview has this digest: what nobody has looked at is not done


@own_page(OwnPage(PAGE, "catalog/change-prices/", MANAGE_PRICING))
def change_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask; with `preview` show what would become of each price; POST applies what was shown."""
    given = request.POST if request.method == "POST" else request.GET
    products = _products(given.getlist("product"))
    asks = "preview" in given
    form = ChangeForm(given if asks else None, products=products)
    preview: Preview | None = None
    refused: PlatformError | None = None
    if asks and form.is_valid():
        try:
            if request.method == "POST":
                return _applied(request, form)
        except PlatformError as error:
            refused = error
        preview = _previewed(form, refused)
    is_other = isinstance(refused, PriceChangedSince)
    context = {
        **site.each_context(request),
        "title": _("Change prices"),
        "form": form,
        "products": products,
        "preview": preview,
        "is_other": is_other,
        "lines": [] if preview is None else _lines(preview),
        "given": [(name, value) for name in form.fields for value in given.getlist(name)] if asks else [],
        "address": reverse(f"admin:{PAGE}"),
    }
    return TemplateResponse(request, "catalog/price_change.html", context, status=409 if is_other else 200)


def _applied(request: HttpRequest, form: ChangeForm) -> HttpResponse:
    """Make the change that was seen, or leave it to a job. Raises PriceChangedSince where it would be another one."""
    given = form.arguments()
    way = ChangeWay(seen=request.POST.get("seen") or UNSEEN)
    if goes_behind(given["choice"], valid_from=given["valid_from"]):
        run(start_change, **given, way=way)
        text = _("The prices are being changed. The strip at the top of the page says how far it is.")
        say(request, text, messages.INFO)
    else:
        count = run(change_prices, **given, way=way)
        said = ngettext("%(count)s price was changed.", "%(count)s prices were changed.", count) % {"count": count}
        say(request, said)
    return HttpResponseRedirect(reverse(f"admin:{PAGE}"))


def _previewed(form: ChangeForm, refused: PlatformError | None) -> Preview | None:
    """What would become of the prices, which mostly shows why it was refused; None where the form says it."""
    preview: Preview | None = None
    try:
        preview = preview_change(**form.arguments())
    except PlatformError as error:
        refused = error
    says_it = preview is not None and (preview.impossible or not preview.plan)
    if refused is not None and not says_it and not isinstance(refused, PriceChangedSince):
        if not is_form_error(refused):
            raise refused
        add_refusal(form, refused)
    return preview


def _products(texts: list[str]) -> tuple[UUID, ...]:
    """Ids of products in the address, one by one or parted by commas; what is none is left out."""
    found = []
    for text in ",".join(texts).split(",")[:MOST_PRODUCTS]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _lines(preview: Preview) -> list[dict[str, Any]]:
    """What the table shows: what is impossible first; three queries for all of it."""
    pairs = preview.shown(MOST_LINES)
    products = Product.objects.in_bulk([row.product_id for _item, row in pairs])
    variants = Variant.objects.in_bulk([row.variant_id for _item, row in pairs if row.variant_id])
    return [
        {
            "product": products.get(row.product_id),
            "variant": variants.get(row.variant_id) if row.variant_id else None,
            "quantities": quantities_text(row.min_quantity, row.max_quantity),
            "old": amount_text(item.old, row.currency),
            "new": amount_text(item.new, row.currency),
            "is_dearer": item.new > item.old,
            "is_possible": item.is_possible,
            "since": "" if item.valid.start is None else moment_text(item.valid.start),
            "until": "" if item.valid.end is None else moment_text(item.valid.end),
        }
        for item, row in pairs
    ]
