"""What the catalog adds elsewhere: its tree of categories in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.catalog.features import VIEW_CATEGORIES
from apps.kernel.extensions.menu import MenuItem, menu_item

menu_item(
    MenuItem(
        "catalog.category_tree",
        _("Category tree"),
        "admin:catalog_category_tree",
        icon="account_tree",
        group="catalog",
        priority=-25,
        features=(VIEW_CATEGORIES,),
    )
)
