"""What the catalog adds elsewhere: its tree of categories in the navigation, the tab of a category's products."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.category_products import TAB, category_products_address
from apps.catalog.features import VIEW_CATEGORIES, VIEW_PRODUCTS
from apps.catalog.models import Category
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.tabs import RecordTab, record_tab

record_tab(
    RecordTab(
        TAB, _("Products"), Category.entity_id, category_products_address, features=(VIEW_CATEGORIES, VIEW_PRODUCTS)
    )
)

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
