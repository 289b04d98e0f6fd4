from apps.currencies.selectors.currencies import StoredCurrencyBook, living_currencies
from apps.currencies.selectors.rates import last_day, rates_for, rates_of

__all__ = ["StoredCurrencyBook", "last_day", "living_currencies", "rates_for", "rates_of"]
