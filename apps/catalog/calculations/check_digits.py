"""Barcodes that files bring: their normal form, and whether their last digit fits the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# Digits of a code, the last of which is a check digit (GS1 General Specifications, 7.9).
LENGTHS: Final[Mapping[str, int]] = {"ean13": 13, "ean8": 8, "upc": 12}
LONGEST_MPN: Final = 70
ASIN: Final = re.compile(r"[A-Z0-9]{10}")
ISBN: Final = re.compile(r"[0-9]{9}[0-9X]|[0-9]{13}")


def normal_barcode(code: str, kind: str) -> str:
    """The code without the spaces and hyphens that people write into it; a code without a kind is free."""
    if not kind or kind == "mpn":
        return code.strip()
    bare = "".join(code.split())
    return bare.replace("-", "").upper() if kind == "isbn" else bare.upper() if kind == "asin" else bare


def is_barcode(code: str, kind: str) -> bool:
    """Say whether a code in normal form is one of its kind; "" is none of any, and every code is a free one."""
    if kind in LENGTHS:
        return len(code) == LENGTHS[kind] and code.isascii() and code.isdigit() and _checks(code)
    if kind == "isbn":
        return ISBN.fullmatch(code) is not None
    if kind == "asin":
        return ASIN.fullmatch(code) is not None
    return bool(code) and len(code) <= LONGEST_MPN if kind == "mpn" else True


def with_check_digit(digits: str) -> str:
    """The digits with the one that makes their weighted sum a multiple of ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def _checks(code: str) -> bool:
    return with_check_digit(code[:-1]) == code
