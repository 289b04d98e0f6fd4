from apps.currencies.services.base import set_base_currency
from apps.currencies.services.currencies import (
    activate_currency,
    create_currency,
    deactivate_currency,
    delete_currency,
    update_currency,
)
from apps.currencies.services.fetching.configs import create_fetch_config, delete_fetch_config, update_fetch_config
from apps.currencies.services.fetching.regular import ask_for_missing
from apps.currencies.services.fetching.requests import fetch_configured, request_fetch
from apps.currencies.services.master import add_from_master
from apps.currencies.services.rates import close_rate, correct_rate, record_rate
from apps.currencies.services.recording import record_rates

__all__ = [
    "activate_currency",
    "add_from_master",
    "ask_for_missing",
    "close_rate",
    "correct_rate",
    "create_currency",
    "create_fetch_config",
    "deactivate_currency",
    "delete_currency",
    "delete_fetch_config",
    "fetch_configured",
    "record_rate",
    "record_rates",
    "request_fetch",
    "set_base_currency",
    "update_currency",
    "update_fetch_config",
]
