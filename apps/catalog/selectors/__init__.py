from apps.catalog.selectors.lowest import LowestPrice, LowestQuestion, lowest_price
from apps.catalog.selectors.price_choice import PriceChoice, chosen_prices
from apps.catalog.selectors.prices import currencies_of_prices, history_of, prices_of_today, valid_at
from apps.catalog.selectors.settings import pricing_rules, pricing_settings

__all__ = [
    "LowestPrice",
    "LowestQuestion",
    "PriceChoice",
    "chosen_prices",
    "currencies_of_prices",
    "history_of",
    "lowest_price",
    "prices_of_today",
    "pricing_rules",
    "pricing_settings",
    "valid_at",
]
