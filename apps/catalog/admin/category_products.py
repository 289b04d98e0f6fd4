"""The page of a category's products: put in while one types, taken out, put into an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.catalog.admin.category_deeds import TREE
from apps.catalog.admin.category_filling import complaints_of
from apps.catalog.admin.choosing import many_field
from apps.catalog.calculations.categories import merged, shifted
from apps.catalog.features import VIEW_CATEGORIES, VIEW_PRODUCTS
from apps.catalog.models import Category, CategoryAssignment
from apps.catalog.selectors import living_categories, path_labels, products_in
from apps.catalog.services import assign_products, reorder_products, unassign_products
from apps.kernel.addresses import address_if_any
from apps.kernel.admin.access import allows, may_run
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.kernel.ids import as_id

PAGE: Final = "catalog_category_products"
TAB: Final = "catalog.category_products"
PER_PAGE: Final = 100
TO_TOP: Final = "first"


class AddingForm(forms.Form):
    """Products that are put into the category."""

    products: Any = many_field(CategoryAssignment, "product", label=gettext_lazy("Products"))

    def clean_products(self) -> list[UUID]:
        """The products. Raises ValidationError for none."""
        found: list[UUID] = self.cleaned_data["products"]
        if not found:
            raise forms.ValidationError(_("Choose a product."))
        return found


def category_products_address(category: Category, page: int = 1) -> str:
    """Address of the page of a category's products."""
    asked = {"category": category.pk, **({"page": page} if page > 1 else {})}
    return f"{reverse(f'admin:{PAGE}')}?{urlencode(asked)}"


@own_page(OwnPage(PAGE, "catalog/category/products/", VIEW_CATEGORIES, about=Category.entity_id))
def category_products_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the products of a category; POST puts some in (`add`) or saves the order (`row`, `move`, `remove`)."""
    if not allows(VIEW_PRODUCTS):
        raise PermissionDenied
    if "category" not in request.GET:
        return HttpResponseRedirect(reverse(f"admin:{TREE}"))
    category = _category(request)
    adding, refusal = AddingForm(request.POST if "add" in request.POST else None), None
    if request.method == "POST" and (not adding.is_bound or adding.is_valid()):
        try:
            said = _add(category, adding) if adding.is_bound else _save(category, request.POST)
        except PlatformError as error:
            if not is_form_error(error):
                raise
            refusal = error
        else:
            say(request, said)
            return HttpResponseRedirect(category_products_address(category, _asked_page(request)))
    status = 200 if refusal is None else refusal.status
    return TemplateResponse(
        request, "catalog/category_products.html", _context(site, request, category, adding, refusal), status=status
    )


def _context(
    site: AdminSite, request: HttpRequest, category: Category, adding: AddingForm, refusal: PlatformError | None
) -> dict[str, Any]:
    page: Page[CategoryAssignment] = Paginator(products_in(category), PER_PAGE).get_page(_asked_page(request))
    return {
        **record_frame(site, request, category, _("Products in %(category)s") % {"category": category}),
        "path_label": path_labels([category])[category.pk],
        "category": category,
        "here": TAB,
        "has_tabs": bool(address_if_any("admin:catalog_category_change", category.pk)),
        "lines": [_line(row) for row in page],
        "page": page,
        "may_edit": may_run(assign_products),
        "adding": adding,
        "media": adding.media,
        "unplaced": [] if refusal is None else complaints_of(refusal, adding.cleaned_data.get("products", ())),
        "address": category_products_address(category, page.number),
    }


def _category(request: HttpRequest) -> Category:
    category_id = as_id(request.GET["category"])
    found = None if category_id is None else living_categories().filter(pk=category_id).first()
    if found is None:
        raise Http404
    return found


def _asked_page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _line(row: CategoryAssignment) -> dict[str, Any]:
    return {
        "id": row.product_id,
        "label": str(row.product),
        "product": row.product,
        "url": address_if_any("admin:catalog_product_change", row.product_id),
    }


def _add(category: Category, adding: AddingForm) -> str:
    ids = adding.cleaned_data["products"]
    before = products_in(category).count()
    run(assign_products, category.pk, product_ids=ids)
    count = products_in(category).count() - before
    return ngettext("%(count)s product was put in.", "%(count)s products were put in.", count) % {"count": count}


def _save(category: Category, data: QueryDict) -> str:
    """Take out what is marked and arrange the others as they were sent; those on other pages keep their places."""
    gone = set(_ids(data.getlist("remove")))
    held = list(products_in(category).values_list("product_id", flat=True))
    left = [item for item in held if item not in gone]
    order = _moved(merged(left, _ids(data.getlist("row"))), data.get("move", ""))
    if taken := [item for item in held if item in gone]:
        run(unassign_products, category.pk, product_ids=taken)
    if order != left:
        last = max(place for place, item in enumerate(order) if item != left[place])
        run(reorder_products, category.pk, product_ids=order[: last + 1])
    return _("The products of “%(category)s” were saved.") % {"category": category}


def _moved(order: list[UUID], move: str) -> list[UUID]:
    """The order after a button of one product: `<id>:-1`, `<id>:1`, `<id>:first`."""
    text, _colon, where = move.partition(":")
    product_id = as_id(text)
    if product_id not in order:
        return order
    place = 0 if where == TO_TOP else order.index(product_id) + (-1 if where == "-1" else 1)
    return shifted(order, product_id, place)


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Http404 from None
