from apps.currencies.services.base import set_base_currency
from apps.currencies.services.currencies import (
    activate_currency,
    create_currency,
    deactivate_currency,
    delete_currency,
    update_currency,
)
from apps.currencies.services.master import add_from_master
from apps.currencies.services.rates import close_rate, correct_rate, record_rate
from apps.currencies.services.recording import record_rates

__all__ = [
    "activate_currency",
    "add_from_master",
    "close_rate",
    "correct_rate",
    "create_currency",
    "deactivate_currency",
    "delete_currency",
    "record_rate",
    "record_rates",
    "set_base_currency",
    "update_currency",
]
