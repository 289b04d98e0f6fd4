"""Codes of units: an organization that keeps a dictionary of units uses no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _

from apps.catalog.selectors.choices import units
from apps.kernel.errors import FieldError

NOT_FOUND: Final = "catalog.uom.unit_not_found"


def unit_complaints(given: Mapping[str, str]) -> Iterator[FieldError]:
    """Complaints about codes, by their fields, that the dictionary of units does not have. "" is no unit."""
    return unknown_units(given, known_units() if any(given.values()) else frozenset())


def unknown_units(given: Mapping[str, str], known: Collection[str]) -> Iterator[FieldError]:
    """The same by the units that there are; where there are none, every code may be given."""
    for name, code in given.items():
        if code and known and code not in known:
            yield FieldError(name, NOT_FOUND, _("The dictionary of units does not have this one."))


def known_units() -> frozenset[str]:
    """Codes of the organization's dictionary of units; none where it keeps none."""
    return frozenset(item.value for item in units())
