"""What pages about one product have in common: the product of the address, its frame, and ways to other pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from apps.catalog.models import Product
from apps.catalog.selectors import living_product
from apps.kernel.addresses import address_if_any
from apps.kernel.admin.frames import record_frame


def asked_product(request: HttpRequest) -> Product:
    """The product that the address names. Raises Http404."""
    try:
        found = living_product(UUID(request.GET.get("product", "")))
    except ValueError:
        raise Http404 from None
    if found is None:
        raise Http404
    return found


def no_product(site: AdminSite, request: HttpRequest, *, title: str) -> TemplateResponse:
    """The page for who comes without a product."""
    context = {
        **site.each_context(request),
        "title": title,
        "products_url": address_if_any("admin:catalog_product_changelist"),
    }
    return TemplateResponse(request, "catalog/no_product.html", context)


def product_frame(site: AdminSite, request: HttpRequest, product: Product, title: str, *, here: str) -> dict[str, Any]:
    """What pages about one product have in common; its tabs stand where it has pages of its own."""
    return {
        **record_frame(site, request, product, title),
        "product": product,
        "here": here,
        "has_tabs": bool(address_if_any("admin:catalog_product_change", product.pk)),
        "product_url": address_if_any("admin:catalog_product_change", product.pk),
    }
