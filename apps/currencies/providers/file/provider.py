"""Any table of rates as a provider: the organization says where it is and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.currencies.contracts import Options, RatePiece, RateQuote, register_rate_provider
from apps.currencies.providers.file.client import DAY, downloaded, filled, pieces_of, read_file
from apps.currencies.providers.file.mapping import DATE_FORMATS, DELIMITERS, KINDS, quotes_of
from apps.currencies.services.fetching.options import (
    OPTIONS,
    Check,
    address,
    choice,
    complaints_about,
    currencies,
    currency,
    text,
    wanted,
)
from apps.kernel.errors import FieldError

ENCODINGS = ("utf-8", "cp1250", "cp1252", "iso-8859-1", "iso-8859-2")
FIELDS = ("from", "to", "rate", "date", "unit", "kind")
TAKEN = ("ecb", "nbp", "manual", "sample")
A_DAY = date(2000, 1, 3)
NAME = gettext_noop("A name of at most 40 small letters, digits and hyphens that no other source has.")
PATH = gettext_noop("Names with dots between them, such as data.rates.")


def _address(value: Any) -> str | None:
    return address(filled(value, A_DAY, A_DAY) if isinstance(value, str) else value)


def _columns(value: Any) -> str | None:
    """What each of our fields is called in the table."""
    named = isinstance(value, dict) and all(isinstance(name, str) and 0 < len(name) <= 200 for name in value.values())
    if not named or not set(value) <= set(FIELDS):
        return _("An object that names the table's columns for some of: {names}.").format(names=", ".join(FIELDS))
    missing = [name for name in ("rate", "date") if name not in value]
    return _("The columns for these are missing: {names}.").format(names=", ".join(missing)) if missing else None


CHECKS: Mapping[str, Check] = {
    "url": _address,
    "format": choice("csv", "json"),
    "columns": _columns,
    "from": currency,
    "to": currency,
    "kind": choice(*KINDS),
    "delimiter": choice(*DELIMITERS),
    "decimal": choice("point", "comma"),
    "encoding": choice(*ENCODINGS),
    "date_format": choice(*DATE_FORMATS),
    "records": text(r"[^.\s][^\s]*", PATH),
    "source": text(rf"(?!(?:{'|'.join(TAKEN)})\Z)[a-z][a-z0-9-]{{0,39}}", NAME),
    "currencies": currencies,
}


class FileProvider:
    """A CSV or JSON table at a web address; with `path`, in a file that an operator has on this machine."""

    id = "file"
    first_day = date(1970, 1, 1)

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @property
    def label(self) -> str:
        """Its name for people."""
        return _("Table of your own (CSV or JSON)")

    def complaints(self, options: Options) -> Iterable[FieldError]:
        """Options: `url`, `format` and `columns` are required; docs/how-to/fetch-rates.md explains all of them."""
        yield from complaints_about(options, CHECKS, required=("url", "format", "columns"))
        yield from _ends(options)

    def source_of(self, options: Options) -> str:
        """The option `source`, else `file`."""
        return str(options.get("source") or self.id)

    def plan(self, options: Options, start: date, end: date, *, today: date) -> Sequence[RatePiece]:
        """One document, or one for each day."""
        if self._path is not None:
            return [RatePiece(self._path.name, "", start, end)]
        return list(pieces_of(str(options["url"]), start, end))

    def quotes(self, piece: RatePiece, options: Options) -> Sequence[RateQuote]:
        """Read the table. Raises OutboundRefused, FetchFailed, DocumentBroken."""
        if self._path is not None:
            content: bytes | None = read_file(self._path)
        else:
            content = downloaded(piece, str(options["format"]), is_daily=DAY in str(options["url"]))
        rows = [] if content is None else quotes_of(content, options, piece.start, piece.end)
        return [quote for quote in rows if wanted(quote, options)]


def _ends(options: Options) -> Iterator[FieldError]:
    """Both currencies of a rate have to come from somewhere: a column or the same for all rows."""
    columns = options.get("columns")
    known = columns if isinstance(columns, dict) else {}
    for end in ("from", "to"):
        if end in known and options.get(end) is not None:
            yield FieldError(f"options.{end}", OPTIONS, _("Give either a column or one currency for all rows."))
        if end not in known and options.get(end) is None:
            message = _("Give a column, or one currency for all rows.")
            yield FieldError(f"options.{end}", OPTIONS, message)


register_rate_provider(FileProvider())
