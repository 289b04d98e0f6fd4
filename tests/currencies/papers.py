"""Recorded documents of the providers, and broken ones made from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("documents")
FRIDAY = date(2026, 3, 6)
WEEK = (date(2026, 3, 2), FRIDAY)
LONG_AGO = date(1999, 1, 4)

BANK_COLUMNS = {"from": "Waluta", "rate": "Kurs średni", "date": "Data obowiązywania", "unit": "Przelicznik"}
BANK: dict[str, Any] = {
    "format": "csv",
    "columns": BANK_COLUMNS,
    "to": "PLN",
    "delimiter": "semicolon",
    "decimal": "comma",
    "encoding": "cp1250",
    "date_format": "%d.%m.%Y",
}
TREASURY: dict[str, Any] = {
    "format": "json",
    "records": "data.rates",
    "columns": {"from": "pair.base", "to": "pair.quote", "rate": "value", "date": "date"},
}
ENTITY_BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"><gesmes:subject>&c;</gesmes:subject></gesmes:Envelope>
"""
PAGE = b"<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Come back later</body></html>"


def paper(name: str) -> bytes:
    """A recorded document."""
    return (FOLDER / name).read_bytes()


def ecb_of(day: str, **rates: str) -> bytes:
    """A document of the European Central Bank for one day."""
    cubes = "".join(f"<Cube currency='{code}' rate='{rate}'/>" for code, rate in rates.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'
        "<gesmes:subject>Reference rates</gesmes:subject>"
        f"<Cube><Cube time='{day}'>{cubes}</Cube></Cube></gesmes:Envelope>"
    ).encode()
