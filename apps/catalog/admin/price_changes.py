"""The page on which many prices are changed at once: choose, look at old and new, apply, and undo."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.admin.price_change_form import MOST_PRODUCTS, ChangeForm
from apps.catalog.admin.price_inputs import amount_text, moment_text, quantities_text
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Product, Variant
from apps.catalog.services import change_prices, preview_change
from apps.catalog.services.price_changes import Preview
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

PAGE = "catalog_price_change_many"
MOST_LINES = 200


@own_page(OwnPage(PAGE, "catalog/change-prices/", MANAGE_PRICING))
def change_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask; with `preview` show what would become of each price; POST applies what was shown."""
    given = request.POST if request.method == "POST" else request.GET
    products = _products(given.getlist("product"))
    asks = "preview" in given
    form = ChangeForm(given if asks else None, products=products)
    preview: Preview | None = None
    is_other = False
    if asks and form.is_valid():
        try:
            preview = preview_change(**form.arguments())
            is_other = request.method == "POST" and request.POST.get("seen") != seen_of(preview)
            if request.method == "POST" and not is_other and not preview.impossible:
                return _applied(request, form)
        except PlatformError as error:
            if not is_form_error(error):
                raise
            add_refusal(form, error)
    context = {
        **site.each_context(request),
        "title": _("Change prices"),
        "form": form,
        "products": products,
        "preview": preview,
        "is_other": is_other,
        "lines": [] if preview is None else _lines(preview),
        "seen": "" if preview is None else seen_of(preview),
        "given": [(name, value) for name in form.fields for value in given.getlist(name)] if asks else [],
        "address": reverse(f"admin:{PAGE}"),
    }
    return TemplateResponse(request, "catalog/price_change.html", context, status=409 if is_other else 200)


def seen_of(preview: Preview) -> str:
    """A digest of what a preview shows: only that is applied."""
    text = "\n".join(f"{item.id} {item.old} {item.new} {item.valid}" for item in preview.plan)
    return hashlib.sha256(text.encode()).hexdigest()


def _applied(request: HttpRequest, form: ChangeForm) -> HttpResponse:
    changed = run(change_prices, **form.arguments())
    count = len(changed)
    said = ngettext("%(count)s price was changed.", "%(count)s prices were changed.", count) % {"count": count}
    say(request, said)
    return HttpResponseRedirect(reverse(f"admin:{PAGE}"))


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
    """What the table shows: what is impossible first; two queries for all names."""
    ordered = [*preview.impossible, *(item for item in preview.plan if item.is_possible)][:MOST_LINES]
    rows = [preview.rows[item.id] for item in ordered]
    products = Product.objects.in_bulk([row.product_id for row in rows])
    variants = Variant.objects.in_bulk([row.variant_id for row in rows if row.variant_id])
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
        for item, row in zip(ordered, rows, strict=True)
    ]
