"""The European Central Bank as a provider: how much of other currencies a euro costs, once each day of business."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from apps.currencies.contracts import Options, RatePiece, RateQuote, register_rate_provider
from apps.currencies.providers.ecb.client import document_for, read, url_of
from apps.currencies.services.fetching.options import complaints_about, currencies, wanted
from apps.kernel.errors import FieldError


class EcbProvider:
    """Reference rates of the European Central Bank (mid rates, base EUR)."""

    id = "ecb"
    first_day = date(1999, 1, 4)

    @property
    def label(self) -> str:
        """Its name for people."""
        return _("European Central Bank")

    def complaints(self, options: Options) -> Iterable[FieldError]:
        """The only option is `currencies`."""
        return complaints_about(options, {"currencies": currencies})

    def source_of(self, options: Options) -> str:
        """Always the bank's own."""
        return self.id

    def plan(self, options: Options, start: date, end: date, *, today: date) -> Sequence[RatePiece]:
        """One document, whatever the range."""
        document = document_for(start, end, today)
        return [RatePiece(f"{document}, {start} – {end}", url_of(document), start, end, document)]

    def quotes(self, piece: RatePiece, options: Options) -> Sequence[RateQuote]:
        """Read the document. Raises OutboundRefused, FetchFailed, DocumentBroken."""
        return [quote for quote in read(piece) if wanted(quote, options)]


register_rate_provider(EcbProvider())
