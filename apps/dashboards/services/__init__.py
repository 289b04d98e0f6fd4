from apps.dashboards.services.dashboards import (
    adopt_standard,
    copy_dashboard,
    create_dashboard,
    delete_dashboard,
    share_dashboard,
    update_dashboard,
)
from apps.dashboards.services.items import add_item, arrange_items, change_item, move_item, remove_item
from apps.dashboards.services.starting import choose_dashboard, set_role_defaults

__all__ = [
    "add_item",
    "adopt_standard",
    "arrange_items",
    "change_item",
    "choose_dashboard",
    "copy_dashboard",
    "create_dashboard",
    "delete_dashboard",
    "move_item",
    "remove_item",
    "set_role_defaults",
    "share_dashboard",
    "update_dashboard",
]
