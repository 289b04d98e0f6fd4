"""What the catalog adds elsewhere: how rows of files become its records, and the tab of a record's pictures."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.selectors.media import OWNERS, has_pictures
from apps.catalog.services.importing import PriceTarget, ProductTarget, VariantTarget
from apps.kernel.extensions.palette import PaletteCommand, palette_command
from apps.kernel.extensions.tabs import RecordTab, record_tab
from apps.kernel.imports.targets import import_target

import_target(ProductTarget())
import_target(VariantTarget())
import_target(PriceTarget())


def media_address(record: Any) -> str:
    """Where the pictures of the record are; "" in a house without files."""
    if not has_pictures():
        return ""
    return f"{reverse('admin:catalog_media')}?{urlencode({'entity': record.entity_id, 'id': record.pk})}"


for entity, model in OWNERS.items():
    seen_with = (str(model.view_feature),)
    record_tab(RecordTab(f"{entity}_media", _("Media"), entity, media_address, priority=40, features=seen_with))

for kind, label in (
    ("products", _("Products as a file to be imported again")),
    ("variants", _("Variants as a file to be imported again")),
    ("prices", _("Prices as a file to be imported again")),
):
    palette_command(
        PaletteCommand(
            f"catalog.{kind}_file",
            label,
            download=f"/api/catalog/files/{kind}/?format=xlsx",
            keywords="export csv xlsx",
            icon="download",
            note=_("Catalog"),
            features=(VIEW_PRODUCTS,),
        )
    )
