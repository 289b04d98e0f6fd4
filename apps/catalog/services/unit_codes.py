"""Codes of units: an organization that keeps a dictionary of units uses no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _

from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.errors import FieldError
from apps.kernel.services import service

# The dictionary is the organization's own, so that its key is what people call it.
KEYS: Final = ("unit", "units")
NOT_FOUND: Final = "catalog.uom.unit_not_found"


def unit_complaints(given: Mapping[str, str]) -> Iterator[FieldError]:
    """Complaints about codes, by their fields, that the dictionary of units does not have. "" is no unit."""
    codes = {name: code for name, code in given.items() if code}
    known = _known() if codes else set()
    for name, code in codes.items():
        if known and code not in known:
            yield FieldError(name, NOT_FOUND, _("The dictionary of units does not have this one."))


def _known() -> set[str]:
    book = service(DictionaryBook)
    return next((found for key in KEYS if (found := {item.value for item in book.entries(key)})), set())
