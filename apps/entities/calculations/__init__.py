"""What values of custom fields may be and how they are written down. Pure: no database, no clock."""

from __future__ import annotations

from apps.entities.calculations.canonical import Amount, Wrong, canonical, is_empty
from apps.entities.calculations.limits import judged
from apps.entities.calculations.storage import (
    CURRENCY_SUFFIX,
    INDEX_SUFFIX,
    compared_text,
    index_key,
    keys_of,
    lifted,
    shown,
    stored_form,
)

__all__ = [
    "CURRENCY_SUFFIX",
    "INDEX_SUFFIX",
    "Amount",
    "Wrong",
    "canonical",
    "compared_text",
    "index_key",
    "is_empty",
    "judged",
    "keys_of",
    "lifted",
    "shown",
    "stored_form",
]
