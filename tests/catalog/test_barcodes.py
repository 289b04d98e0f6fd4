"""Barcodes: their one form, and the digit that guards them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.calculations.barcodes import Fault, fault_of, gs1_check_digit, normalized


@pytest.mark.parametrize(
    ("kind", "text", "code", "fault"),
    [
        ("ean13", "4006381333931", "4006381333931", None),
        ("ean13", " 4 006381 333931 ", "4006381333931", None),
        ("ean13", "4006381333932", "4006381333932", Fault.CHECK_DIGIT),
        ("ean13", "400638133393", "400638133393", Fault.LENGTH),
        ("ean13", "40063813339\uff131", "40063813339\uff131", Fault.FORMAT),
        ("ean13", "400638133393X", "400638133393X", Fault.FORMAT),
        ("ean8", "73513537", "73513537", None),
        ("ean8", "73513536", "73513536", Fault.CHECK_DIGIT),
        ("upc", "036000291452", "036000291452", None),
        ("upc", "036000291453", "036000291453", Fault.CHECK_DIGIT),
        ("isbn", "0-306-40615-2", "0306406152", None),
        ("isbn", "0-306-40615-3", "0306406153", Fault.CHECK_DIGIT),
        ("isbn", "0-8044-2957-x", "080442957X", None),
        ("isbn", "X804429570", "X804429570", Fault.FORMAT),
        ("isbn", "978-0-306-40615-7", "9780306406157", None),
        ("isbn", "978-0-306-40615-8", "9780306406158", Fault.CHECK_DIGIT),
        ("isbn", "4006381333931", "4006381333931", Fault.FORMAT),
        ("isbn", "12345", "12345", Fault.LENGTH),
        ("asin", "b08n5wrwnw", "B08N5WRWNW", None),
        ("asin", "B08N5", "B08N5", Fault.FORMAT),
        ("mpn", " 12-AB  7 ", "12-AB 7", None),
        ("mpn", "x" * 71, "x" * 71, Fault.LENGTH),
        ("ean13", "", "", Fault.MISSING),
        ("", "what ever", "what ever", None),
        ("", "", "", None),
    ],
)
def test_codes_of_each_type(kind: str, text: str, code: str, fault: Fault | None) -> None:
    assert (normalized(kind, text), fault_of(kind, normalized(kind, text))) == (code, fault)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(digits: str, place: int, shift: int) -> None:
    code = f"{digits}{gs1_check_digit(digits)}"
    assert fault_of("ean13", code) is None
    wrong = f"{code[:place]}{(int(code[place]) + shift) % 10}{code[place + 1 :]}"
    assert fault_of("ean13", wrong) is Fault.CHECK_DIGIT
