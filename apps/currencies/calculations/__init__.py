from apps.currencies.calculations.rates import RateTable, Recorded, converted, legs_of, realized_gain_loss, unrounded
from apps.currencies.calculations.world import LANGUAGES, MasterCurrency, master, master_currency, tender

__all__ = [
    "LANGUAGES",
    "MasterCurrency",
    "RateTable",
    "Recorded",
    "converted",
    "legs_of",
    "master",
    "master_currency",
    "realized_gain_loss",
    "tender",
    "unrounded",
]
