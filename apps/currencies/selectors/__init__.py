from apps.currencies.selectors.currencies import StoredCurrencyBook, living_currencies
from apps.currencies.selectors.fetching import (
    active_codes,
    fetch_configs,
    fetched_until,
    last_runs,
    runs_of_job,
    runs_of_source,
    unfinished_run,
)
from apps.currencies.selectors.glance import newest_rates, rate_coverage
from apps.currencies.selectors.rates import last_day, rated_codes, rates_for, rates_of, values_of
from apps.currencies.selectors.series import Line, Series, SeriesQuestion, series_of

__all__ = [
    "Line",
    "Series",
    "SeriesQuestion",
    "StoredCurrencyBook",
    "active_codes",
    "fetch_configs",
    "fetched_until",
    "last_day",
    "last_runs",
    "living_currencies",
    "newest_rates",
    "rate_coverage",
    "rated_codes",
    "rates_for",
    "rates_of",
    "runs_of_job",
    "runs_of_source",
    "series_of",
    "unfinished_run",
    "values_of",
]
