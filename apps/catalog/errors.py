"""Refusals of the catalog."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput


class CategoryCircular(InvalidInput):
    """A category was to be moved below itself."""

    code = "catalog.category.circular"
    message = _("A category cannot stand below itself.")


class CategoryOrderIncomplete(InvalidInput):
    """An order of categories names each child of the parent once."""

    code = "catalog.category.order_incomplete"
    message = _("Name each category of this level once.")


class ListingExists(Conflict):
    """The product, or its variant, is listed in the channel already; `offer_id` says where."""

    code = "catalog.offer.listing_exists"
    message = _("This is listed in the channel already.")
