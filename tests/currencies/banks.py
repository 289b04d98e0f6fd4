"""A server that plays the banks, with what they would answer, and fetching from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from apps.currencies.models import ExchangeRate, FetchRun, RateFetchConfig
from apps.currencies.services import create_fetch_config
from apps.kernel.clock import FrozenClock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import make_currency
from tests.currencies.papers import paper
from tests.kernel.outbound_servers import Outside, Reply, page
from tests.support.scopes import House

MISSING = page(b"404 NotFound - Not Found - Brak danych", status="404 Not Found")


class Pages(dict[str, Reply]):
    """What is served; everything else is not found."""

    def __missing__(self, path: str) -> Reply:
        """The answer of the National Bank of Poland where it has no data."""
        return MISSING


class Banks(Outside):
    """All providers in one place: `/ecb/…`, `/nbp/…`, and whatever else a test puts there; `clock` can be moved on."""

    clock: FrozenClock

    def __init__(self) -> None:
        super().__init__()
        self.pages = Pages()
        self.ecb("eurofxref-daily.xml", paper("ecb-daily.xml"))
        self.ecb("eurofxref-hist-90d.xml", paper("ecb-hist-90d.xml"))

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        """Paths of the requests so far."""
        return [request.split()[1] for request in self.requests]

    def ecb(self, document: str, body: bytes, status: str = "200 OK") -> None:
        """Have the European Central Bank answer so."""
        self.pages[f"/ecb/{document}"] = page(body, status=status, content_type="text/xml")

    def nbp(self, table: str, days: tuple[date, date], body: bytes, status: str = "200 OK") -> None:
        """Have the National Bank of Poland answer so."""
        path = f"/nbp/exchangerates/tables/{table}/{days[0]}/{days[1]}/?format=json"
        self.pages[path] = page(body, status=status, content_type="application/json; charset=utf-8")

    def put(self, path: str, body: bytes, status: str = "200 OK", **headers: str) -> None:
        """Have something else at a path."""
        self.pages[path] = page(body, status=status, **headers)


def make_currencies(house: House, *codes: str, at: Any = None) -> None:
    """Currencies that the organization uses; EUR is the base."""
    for code in codes or ("EUR", "USD", "GBP", "PLN", "CHF"):
        make_currency(house, code, at=at, is_base=code == "EUR")


def make_config(house: House, provider: str = "ecb", *, at: Any = None, **values: Any) -> RateFetchConfig:
    """A configuration of North."""
    with using_scope(house.scope(at or house.north)):
        return create_fetch_config(provider=provider, **values)


def rates(house: House, source: str | None = None, *, at: Any = None) -> dict[tuple[str, str, str], str]:
    """What is known now: pair and kind to rate on its last day, as people write it."""
    with using_scope(house.scope(at or house.north)), scoped_transaction():
        rows = ExchangeRate.objects.filter(known__upper_inf=True).order_by("effective_on")
        found = rows if source is None else rows.filter(source=source)
        return {(row.from_code, row.to_code, row.kind): f"{row.rate.normalize():f}" for row in found}


def runs(house: House, *, at: Any = None) -> list[FetchRun]:
    """The organization's log, oldest first."""
    with using_scope(house.scope(at or house.north)), scoped_transaction():
        return list(FetchRun.objects.order_by("pk"))


def counts(run: FetchRun) -> tuple[str, int, int, int, int]:
    """Status, new, corrected, unchanged, left out."""
    return str(run.status), run.new, run.corrected, run.unchanged, run.left_out
