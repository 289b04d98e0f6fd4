"""Numbers of goods: brought into their one form, and checked (GS1 General Specifications 7.9, ISO 2108)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

LONGEST_MPN = 70
LENGTHS: Final = {"ean13": 13, "ean8": 8, "upc": 12}
ASIN: Final = re.compile(r"[A-Z0-9]{10}")
ISBN10: Final = re.compile(r"[0-9]{9}[0-9X]")
ISBN_PREFIXES: Final = ("978", "979")
DIGITS: Final = re.compile(r"[0-9]+")


class Fault(StrEnum):
    """What is wrong with a code."""

    MISSING = "missing"
    FORMAT = "format"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"


def normalized(code_type: str, text: str) -> str:
    """The code as it is stored: without spaces, an ISBN without hyphens, letters of ISBN and ASIN as capitals."""
    if code_type in {"", "mpn"}:
        return " ".join(text.split())
    code = "".join(text.split())
    if code_type == "isbn":
        return code.replace("-", "").upper()
    return code.upper() if code_type == "asin" else code


def fault_of(code_type: str, code: str) -> Fault | None:
    """What is wrong with a normalized code, None for nothing; a code without a type is free."""
    if not code_type:
        return None
    if not code:
        return Fault.MISSING
    if code_type in LENGTHS:
        return _gtin_fault(code, LENGTHS[code_type])
    if code_type == "isbn":
        return _isbn_fault(code)
    if code_type == "asin":
        return None if ASIN.fullmatch(code) else Fault.FORMAT
    return Fault.LENGTH if len(code) > LONGEST_MPN else None


def _gtin_fault(code: str, length: int) -> Fault | None:
    if not DIGITS.fullmatch(code):
        return Fault.FORMAT
    if len(code) != length:
        return Fault.LENGTH
    return None if int(code[-1]) == gs1_check_digit(code[:-1]) else Fault.CHECK_DIGIT


def gs1_check_digit(digits: str) -> int:
    """The digit that follows: weights 3 and 1 from the right, filled up to a multiple of ten."""
    weighted = (int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def _isbn_fault(code: str) -> Fault | None:
    if len(code) == LENGTHS["ean13"]:
        return _gtin_fault(code, len(code)) if code.startswith(ISBN_PREFIXES) else Fault.FORMAT
    if len(code) != 10:
        return Fault.LENGTH
    if not ISBN10.fullmatch(code):
        return Fault.FORMAT
    # Weights 10 to 1; X is ten and stands at the end only (ISO 2108:1992).
    values = (10 if digit == "X" else int(digit) for digit in code)
    total = sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True))
    return None if total % 11 == 0 else Fault.CHECK_DIGIT
