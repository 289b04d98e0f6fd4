"""What customers adds elsewhere: links of the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.customers.features import MERGE
from apps.kernel.extensions.menu import MenuItem, menu_item

menu_item(
    MenuItem(
        "customers.duplicates",
        _("Duplicates"),
        "admin:customers_duplicates",
        icon="merge",
        group="customers",
        priority=-70,
        features=(MERGE,),
    )
)
