"""Events of the fetching of rates; those of currencies and rates themselves come from their images."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.currencies.contracts import RateFetchFailed, RatesFetched
from apps.kernel.eventbus.declarations import event

FETCH_RUN = "currencies.fetch_run"

RATES_FETCHED = event(
    "currencies.rates.fetched",
    payload=RatesFetched,
    label=_("Exchange rates were fetched"),
    entity=FETCH_RUN,
    broadcast="staff",
)
FETCH_FAILED = event(
    "currencies.rates.fetch_failed",
    payload=RateFetchFailed,
    label=_("Exchange rates could not be fetched"),
    entity=FETCH_RUN,
    broadcast="staff",
)
