"""Rates, configurations and fetches for the back office pages of currencies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from apps.currencies.contracts import RateQuote
from apps.currencies.models import FetchRun, RateFetchConfig, RunStatus, RunTrigger
from apps.currencies.services import record_rates
from apps.currencies.services.fetching.sources import Source
from apps.currencies.services.fetching.storing import Asked, open_run
from apps.currencies.services.samples import sample_quotes
from apps.directory.models import Organization
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.banks import make_config, make_currencies
from tests.support.scopes import House

CODES = ("CHF", "EUR", "GBP", "PLN", "USD")
RATES, CONFIGS = "/backend/currencies/exchangerate/", "/backend/currencies/ratefetchconfig/"
RUNS = "/backend/currencies/fetchrun/"
CHART, CONVERTER = "/backend/currencies/chart/", "/backend/currencies/converter/"


def fill(house: House, at: Organization | None = None) -> RateFetchConfig:
    """Two years of sample rates in euro, a bank's buying and selling rates, and a configuration with fetches."""
    owner = at or house.north
    make_currencies(house, *CODES, at=owner)
    today = clock.now().date()
    with using_scope(house.scope(owner)):
        record_rates(sample_quotes("EUR", CODES, today), source="sample")
        record_rates(list(_bank(today)), source="nbp")
    config = make_config(house, at=owner)
    make_config(house, "file", at=owner, options=table_options())
    with using_scope(house.scope(owner)):
        make_run(today, RunStatus.DONE, new=20, unchanged=4)
        make_run(today, RunStatus.FAILED, error="The document cannot be used: It is no XML.")
    return config


def table_options() -> dict[str, object]:
    """Options of a table of one's own."""
    columns = {"rate": "Rate", "date": "Day", "from": "Currency"}
    return {"url": "https://rates.example.org/all.csv", "format": "csv", "to": "EUR", "columns": columns}


def make_run(day: date, status: RunStatus, *, source: str = "ecb", **values: object) -> FetchRun:
    """A fetch that has ended, in the open scope."""
    run = open_run(Source(source, source, {}), day, day, Asked(RunTrigger.SCHEDULE))
    for name, value in {"status": status, "ended_at": clock.now(), "duration_ms": 1234, **values}.items():
        setattr(run, name, value)
    with scoped_transaction():
        run.save()
    return run


def _bank(today: date) -> list[RateQuote]:
    days = [today - timedelta(days=back) for back in range(90)]
    return [
        RateQuote("USD", "EUR", Decimal("0.90") + shift + Decimal(day.toordinal() % 9) / 500, day, kind)  # type: ignore[arg-type]
        for day in days
        if day.weekday() < 5
        for kind, shift in (("buy", Decimal("-0.02")), ("sell", Decimal("0.02")))
    ]
