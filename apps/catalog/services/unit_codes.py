"""Codes of units: an organization that keeps a dictionary of units uses no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _

from apps.catalog.selectors.choices import units
from apps.kernel.errors import FieldError

NOT_FOUND: Final = "catalog.uom.unit_not_found"


def unit_complaints(given: Mapping[str, str]) -> Iterator[FieldError]:
    """Complaints about codes, by their fields, that the dictionary of units does not have. "" is no unit."""
    codes = {name: code for name, code in given.items() if code}
    known = {item.value for item in units()} if codes else set()
    for name, code in codes.items():
        if known and code not in known:
            yield FieldError(name, NOT_FOUND, _("The dictionary of units does not have this one."))
