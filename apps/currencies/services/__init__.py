from apps.currencies.services.base import set_base_currency
from apps.currencies.services.currencies import (
    activate_currency,
    create_currency,
    deactivate_currency,
    delete_currency,
    update_currency,
)
from apps.currencies.services.master import add_from_master

__all__ = [
    "activate_currency",
    "add_from_master",
    "create_currency",
    "deactivate_currency",
    "delete_currency",
    "set_base_currency",
    "update_currency",
]
