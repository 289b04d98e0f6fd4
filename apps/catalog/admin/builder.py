"""The page of a product's variants: made from choices, edited in a grid, put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.admin.builder_forms import (
    Row,
    SentRows,
    chosen_of,
    first_choice,
    shown_options,
    stored_rows,
)
from apps.catalog.admin.product_pages import asked_product, no_product, product_frame
from apps.catalog.calculations.variant_options import name_of
from apps.catalog.errors import NoOptions
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import CodeType, Product, Variant
from apps.catalog.selectors import variants_of
from apps.catalog.services import create_variant, edit_variants, generate_variants
from apps.catalog.services.variant_rules import MOST_VARIANTS, options_of
from apps.catalog.services.variant_sets import Plan, plan_variants
from apps.kernel.addresses import address_if_any
from apps.kernel.admin.access import may_run
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

VARIANTS = "catalog_variants"
TAB = "catalog.variants"
GENERATE, PREVIEW, SAVE = "generate", "preview", "save"


def variants_address(product_id: UUID) -> str:
    """Address of the page of a product's variants."""
    return f"{reverse(f'admin:{VARIANTS}')}?{urlencode({'product': product_id})}"


@dataclass(slots=True)
class Shown:
    """What the page shows beside what is stored: choices, rows and refusals of what was just sent."""

    chosen: Mapping[str, Sequence[str]] | None = None
    rows: list[Row] | None = None
    refusal: PlatformError | None = None
    unplaced: list[str] = field(default_factory=list)


@own_page(OwnPage(VARIANTS, "catalog/product/variants/", VIEW_PRODUCTS, about=Product.entity_id))
def variants_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the variants; POST makes some (`generate`), shows what would be made (`preview`), or saves the grid."""
    if "product" not in request.GET:
        return no_product(site, request, title=_("Variants"))
    product = asked_product(request)
    shown = Shown()
    if request.method == "POST":
        answer = _done(request, product, shown)
        if answer is not None:
            return answer
    title = _("Variants of %(product)s") % {"product": product}
    context = {**product_frame(site, request, product, title, here=TAB), **_context(product, shown)}
    status = shown.refusal.status if shown.refusal is not None else 200
    return TemplateResponse(request, "catalog/variants.html", context, status=status)


def _context(product: Product, shown: Shown) -> dict[str, Any]:
    there = list(variants_of(product.pk))
    chosen = first_choice(options_of(product), there) if shown.chosen is None else shown.chosen
    plan, why = _planned(product, chosen, there)
    rows = stored_rows(there) if shown.rows is None else shown.rows
    for row in rows:
        row.words = name_of(options_of(product), row.variant.option_values)
    return {
        "is_making": shown.chosen is not None,
        "options": shown_options(product, chosen, why),
        "plan": plan,
        "why": _reason(why) if why is not None else "",
        "rows": rows,
        "refusal": shown.refusal,
        "unplaced": shown.unplaced,
        "types": CodeType.choices,
        "may_generate": may_run(generate_variants),
        "may_edit": may_run(edit_variants),
        "add_url": address_if_any("admin:catalog_variant_add", query={"product": product.pk})
        if may_run(create_variant)
        else "",
        "is_full": len(there) >= MOST_VARIANTS,
        "address": variants_address(product.pk),
    }


def _done(request: HttpRequest, product: Product, shown: Shown) -> HttpResponse | None:
    """Do what was sent; None shows the page again, with what was sent and why it was refused."""
    action = request.POST.get("action", SAVE)
    if action in {GENERATE, PREVIEW}:
        shown.chosen = chosen_of(request.POST, options_of(product))
        return None if action == PREVIEW else _generated(request, product, shown)
    return _saved(request, product, shown)


def _generated(request: HttpRequest, product: Product, shown: Shown) -> HttpResponse | None:
    try:
        made = run(generate_variants, product.pk, options=shown.chosen)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        shown.refusal = error
        shown.unplaced = [_reason(error)]
        return None
    count = len(made.created)
    if count:
        say(request, ngettext("%(count)s variant was made.", "%(count)s variants were made.", count) % {"count": count})
    else:
        say(request, _("All of these variants are there already."), messages.INFO)
    return HttpResponseRedirect(variants_address(product.pk))


def _saved(request: HttpRequest, product: Product, shown: Shown) -> HttpResponse | None:
    sent = SentRows.of(request.POST)
    try:
        run(edit_variants, product.pk, **sent.arguments(list(variants_of(product.pk))))
    except PlatformError as error:
        if not is_form_error(error):
            raise
        shown.refusal = error
        shown.rows = sent.shown(list(variants_of(product.pk)), error)
        shown.unplaced = [error.detail]
        return None
    say(request, _("The variants were saved."))
    return HttpResponseRedirect(f"{variants_address(product.pk)}{_anchor(request)}")


def _anchor(request: HttpRequest) -> str:
    """Where the page opens after a row was moved by a button, without a script."""
    pk = request.POST.get("move", "").partition(":")[0]
    return f"#variant-{pk}" if pk else ""


def _planned(
    product: Product, chosen: Mapping[str, Sequence[str]], there: Sequence[Variant]
) -> tuple[Plan | None, PlatformError | None]:
    try:
        return plan_variants(product, chosen, there), None
    except NoOptions:
        return None, None
    except PlatformError as error:
        return None, error


def _reason(error: PlatformError) -> str:
    """Why, in words; what stands at an option is said there."""
    named = [str(item.message) for item in error.errors if "." not in item.field]
    return " ".join(named) or error.detail
