"""The National Bank of Poland as a provider: mean rates (table A), buying and selling rates (table C), in zloty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from apps.currencies.contracts import Options, RatePiece, RateQuote, register_rate_provider
from apps.currencies.providers.nbp.client import parts_of, read, url_of
from apps.currencies.services.fetching.options import choices, complaints_about, currencies, wanted
from apps.kernel.errors import FieldError

TABLES = ("A", "C")


class NbpProvider:
    """Tables A and C of Narodowy Bank Polski."""

    id = "nbp"
    first_day = date(2002, 1, 2)

    @property
    def label(self) -> str:
        """Its name for people."""
        return _("National Bank of Poland")

    def complaints(self, options: Options) -> Iterable[FieldError]:
        """Options: `tables` (some of A and C, both by default), `currencies`."""
        return complaints_about(options, {"tables": choices(*TABLES), "currencies": currencies})

    def source_of(self, options: Options) -> str:
        """Always the bank's own; mid rates come from table A, buying and selling ones from table C."""
        return self.id

    def plan(self, options: Options, start: date, end: date, *, today: date) -> Sequence[RatePiece]:
        """For each table the range in parts that the bank answers."""
        return [
            RatePiece(_label(table, first, last), url_of(table, first, last), first, last, table)
            for table in options.get("tables") or TABLES
            for first, last in parts_of(start, end)
        ]

    def quotes(self, piece: RatePiece, options: Options) -> Sequence[RateQuote]:
        """Read one part of a table. Raises OutboundRefused, FetchFailed, DocumentBroken."""
        return [quote for quote in read(piece) if wanted(quote, options)]


def _label(table: str, start: date, end: date) -> str:
    return _("table {table}, {start} – {end}").format(table=table, start=start, end=end)


register_rate_provider(NbpProvider())
