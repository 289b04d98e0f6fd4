"""Numbers on cards: as many places as they need, of money as many as the currency has."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from apps.dashboards.admin.cards import number_text


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal("809043.1110"), "PLN", "809,043.11"),
        (Decimal("809043.1000"), "PLN", "809,043.10"),
        (Decimal("809043.0000"), "PLN", "809,043"),
        (Decimal("1500.4000"), "JPY", "1,500"),
        (Decimal("1.2345"), "KWD", "1.234"),
        (Decimal("78.9474"), "%", "78.9474"),
        (Decimal("12.5000"), "", "12.5"),
        (1200, "EUR", "1,200"),
        (None, "EUR", "—"),
    ],
)
def test_a_number_has_the_places_of_its_unit(value: Decimal | int | None, unit: str, shown: str) -> None:
    with translation.override("en"):
        assert number_text(value, unit) == shown
    with translation.override("de"):
        assert number_text(value, unit) == shown.translate(str.maketrans(",.", ".,"))
