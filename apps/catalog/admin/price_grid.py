"""The grid of a product's prices: a row for each kind, currency and quantity, a column for each variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog.admin.amounts import Sides, entered_sides
from apps.catalog.admin.price_grid_form import GridForm
from apps.catalog.admin.product_pages import asked_product, product_frame
from apps.catalog.calculations.grid import Cell, Group, Written, settled
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import PriceKind, Product, Variant
from apps.catalog.selectors.price_grid import cells_of, grid_prices, grid_variants
from apps.catalog.selectors.unit_prices import measure_of, tax_rates_of
from apps.catalog.services import PriceDraft, set_prices
from apps.kernel import clock
from apps.kernel.admin.access import may_run
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

PAGE = "catalog_price_grid"
TAB = "catalog.prices"


@own_page(OwnPage(PAGE, "catalog/price-grid/", VIEW_PRODUCTS, about=Product.entity_id))
def grid_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the grid, or save all of it as one action."""
    product = asked_product(request)
    rows = list(grid_prices(product, clock.now()))
    sent = request.POST if request.method == "POST" else None
    cells, variants = cells_of(rows), grid_variants(product)
    form = GridForm.of(rows, cells=cells, variants=variants, sides=_sides(product, variants, cells), sent=sent)
    refusal, status = "", 200
    if sent is not None and sent.get("seen") != form.seen:
        refusal, status = _("Prices have changed since you looked. Nothing was saved; look at what you entered."), 409
    elif sent is not None:
        entered = form.entered()
        refusal = _("Some amounts are not valid. Nothing was saved.") if form.errors else ""
        if not refusal:
            try:
                return _saved(request, product, settled(form.cells, entered, places=product.rounding_places))
            except PlatformError as error:
                if not is_form_error(error):
                    raise
                refusal = " ".join(dict.fromkeys([error.detail, *(str(item.message) for item in error.errors)]))
    title = _("Prices of %(product)s") % {"product": product}
    context = {
        **product_frame(site, request, product, title, here="catalog.prices"),
        "form": form,
        "lines": form.lines,
        "kinds": list(PriceKind.objects.filter(deleted_at__isnull=True, is_active=True).order_by("title")),
        "refusal": refusal,
        "may_write": may_run(set_prices),
        "address": grid_address(product),
    }
    return TemplateResponse(request, "catalog/price_grid.html", context, status=status)


def grid_address(product: Any) -> str:
    """Where the prices of a product are edited."""
    return f"{reverse(f'admin:{PAGE}')}?product={product.pk}"


def _sides(
    product: Product, variants: Sequence[Variant], cells: Mapping[tuple[Group, Decimal], Cell]
) -> dict[tuple[Group, Decimal], Sides]:
    """The other side of each price, and what a unit of measure costs by it."""
    rates, measure = tax_rates_of(product, variants), measure_of(product)
    return {
        (group, least): entered_sides(
            cell.amount,
            group.currency,
            includes_tax=cell.includes_tax,
            rate=rates.get(group.variant_id, rates[None]),
            measure=measure,
        )
        for (group, least), cell in cells.items()
    }


def _saved(request: HttpRequest, product: Product, changes: tuple[list[Written], list[UUID]]) -> HttpResponse:
    written, closed = changes
    if written or closed:
        run(set_prices, prices=[_draft(product, item) for item in written], closed=closed)
        say(request, _("The prices of “%(product)s” were saved.") % {"product": product})
    return HttpResponseRedirect(grid_address(product))


def _draft(product: Product, item: Written) -> PriceDraft:
    return PriceDraft(
        product_id=product.pk,
        kind_id=item.group.kind_id,
        currency=item.group.currency,
        variant_id=item.group.variant_id,
        amount=item.amount,
        includes_tax=item.includes_tax,
        min_quantity=item.least,
        max_quantity=item.most,
        valid_from=item.valid.start,
        valid_until=item.valid.end,
        replaces=item.replaces,
    )
