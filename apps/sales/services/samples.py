"""Gives an organization of a demonstration the tax classes of its country."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apps.sales.services.tax_classes import create_tax_class

STANDARD, REDUCED = "standard", "reduced"
# Rates of value added tax in percent, of the country that a language is mostly spoken in; names in that language.
RATES: Final = {
    "pl": (("VAT 23%", "23"), ("VAT 5%", "5")),
    "de": (("USt 19 %", "19"), ("USt 7 %", "7")),
    "es": (("IVA 21 %", "21"), ("IVA 10 %", "10")),
    "en": (("VAT 20%", "20"), ("Zero rate", "0")),
}


def add_tax_classes(language: str) -> None:
    """Add the standard and the reduced rate to the selected organization; the first one is the default."""
    for code, (name, rate) in zip((STANDARD, REDUCED), RATES.get(language, RATES["en"]), strict=True):
        create_tax_class(name=name, code=code, rate=Decimal(rate))
