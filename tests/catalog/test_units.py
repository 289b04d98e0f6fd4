"""Quantities in base units and prices per reference unit: exact, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.calculations.units import in_base_units, price_per_reference


@pytest.mark.parametrize(
    ("quantity", "factor", "places", "mode", "expected"),
    [
        ("2", "12", 0, "half_up", "24"),
        ("1.5", "0.333333333333", 4, "half_up", "0.5000"),
        ("0.125", "1", 2, "half_up", "0.13"),
        ("0.125", "1", 2, "down", "0.12"),
        ("0.121", "1", 2, "up", "0.13"),
        ("-0.125", "1", 2, "half_up", "-0.13"),
        ("1", "0.000000000001", 6, "half_up", "0.000000"),
        ("1", "0.000000000001", 6, "up", "0.000001"),
        ("999999999999.999999", "1", 6, "half_up", "999999999999.999999"),
    ],
)
def test_quantities_in_base_units(quantity: str, factor: str, places: int, mode: str, expected: str) -> None:
    assert str(in_base_units(Decimal(quantity), Decimal(factor), places=places, mode=mode)) == expected


@given(
    st.decimals("0.000001", "999999", places=6), st.decimals("0.000000000001", "1000000", places=12), st.integers(0, 6)
)
def test_rounding_is_off_by_half_a_place_at_most(quantity: Decimal, factor: Decimal, places: int) -> None:
    found = in_base_units(quantity, factor, places=places, mode="half_up")
    assert abs(Fraction(found) - Fraction(quantity) * Fraction(factor)) <= Fraction(1, 2 * 10**places)


def test_the_price_of_a_reference_unit() -> None:
    assert str(price_per_reference(Decimal("6.00"), Decimal("0.75"))) == "8.0000"
    assert str(price_per_reference(Decimal("1.99"), Decimal("0.3"), places=2)) == "6.63"
    assert str(price_per_reference(Decimal(0), Decimal(3))) == "0.0000"
    with pytest.raises(ValueError, match="more than zero"):
        price_per_reference(Decimal(1), Decimal(0))
