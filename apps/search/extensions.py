"""What the search adds to the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.search.features import MANAGE, VIEW

menu_item(
    MenuItem(
        "search.find",
        _("Search all records"),
        "admin:search_find",
        icon="manage_search",
        group="search",
        priority=-10,
        features=(VIEW,),
    )
)
menu_item(
    MenuItem(
        "search.status",
        _("Search index"),
        "admin:search_status",
        icon="database_search",
        group="search",
        priority=-20,
        features=(MANAGE,),
    )
)
menu_item(
    MenuItem(
        "search.settings",
        _("Search settings"),
        "admin:search_settings",
        icon="tune",
        group="search",
        priority=-30,
        features=(MANAGE,),
    )
)
