"""What the catalog adds to pages: the explanation of a price as a tab of products."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Product
from apps.kernel.extensions.tabs import RecordTab, record_tab


def explanation_of(record: Any) -> str:
    """Where it stands what the product costs, and why."""
    return f"{reverse('admin:catalog_price_explained')}?{urlencode({'product': record.pk})}"


record_tab(
    RecordTab(
        "catalog.price_explained",
        _("Price explained"),
        str(Product.entity_id),
        explanation_of,
        features=(VIEW_PRODUCTS,),
    )
)
