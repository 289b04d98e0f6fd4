"""The page of pictures of a product, a variant or an offer: adding, ordering, describing, removing, choosing one.

Files are the attachments module's: the page's script speaks with its REST interface. Choosing works without script.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog import services
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Offer, Product, Variant
from apps.catalog.selectors.media import has_pictures, may_add_pictures, owner_of, pictures_of
from apps.kernel.access.visible import changeable
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, asked_entity, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound

MEGABYTE = 1024 * 1024


@own_page(OwnPage("catalog_media", "catalog/media/", VIEW_PRODUCTS, about=asked_entity))
def media_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the pictures of `entity` and `id`; on POST one of them becomes the main one, or none."""
    if "entity" not in request.GET:
        return HttpResponseRedirect(reverse("admin:index"))
    row = _record(request)
    refusal = None
    if request.method == "POST":
        try:
            return _chosen(request, row)
        except PlatformError as error:
            if not is_form_error(error):
                raise
            refusal = error
    pictures = pictures_of(row)
    same = type(row)._default_manager.filter(pk=row.pk)
    context = {
        **record_frame(site, request, row, _("Pictures of %(name)s") % {"name": row}),
        "tab": f"{row.entity_id}_media",
        "pictures": [item for item in pictures if item.own],
        "others": [item for item in pictures if not item.own],
        "may_change": has_pictures() and may_add_pictures(row.entity_id) and changeable(same).exists(),
        "below_product": not isinstance(row, Product),
        "largest": settings.ATTACHMENTS_LARGEST,
        "largest_mb": settings.ATTACHMENTS_LARGEST // MEGABYTE,
        "files_url": reverse("attachments.attachment-list") if has_pictures() else "",
        "refusal": refusal,
    }
    return TemplateResponse(request, "catalog/media.html", context, status=refusal.status if refusal else 200)


def _record(request: HttpRequest) -> Any:
    """The product, variant or offer. Raises Http404."""
    try:
        return owner_of(request.GET["entity"], UUID(request.GET.get("id", "")))
    except (ValueError, RowNotFound):
        raise Http404 from None


def _chosen(request: HttpRequest, row: Any) -> HttpResponse:
    """Make the posted picture the main one; none where none is named."""
    text = request.POST.get("attachment", "")
    try:
        chosen = UUID(text) if text else None
    except ValueError:
        raise Http404 from None
    if isinstance(row, Offer):
        run(services.update_offer, row.pk, default_media_id=chosen)
    elif isinstance(row, Variant):
        run(services.set_variant_media, row.pk, attachment_id=chosen)
    else:
        run(services.set_product_media, row.pk, attachment_id=chosen)
    if chosen is not None:
        said = _("The main picture is chosen.")
    elif isinstance(row, Product):
        said = _("There is no main picture any more.")
    else:
        said = _("The main picture of the product is shown again.")
    say(request, said)
    return HttpResponseRedirect(request.get_full_path())
