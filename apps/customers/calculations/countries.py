"""Countries by what people write: two letters, or the name in a language of the house."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from babel import Locale

LANGUAGES: Final = ("en", "pl", "de", "es")
# What people write beside the names that the languages have.
OTHERS: Final = {"uk": "GB", "england": "GB", "great britain": "GB", "usa": "US", "u.s.a.": "US", "holland": "NL"}


def country_code(text: str) -> str | None:
    """Two letters of ISO 3166-1 for a code or a name; None for what names no country."""
    return _codes().get(" ".join(text.split()).casefold())


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(name.casefold(), code)
                found[code.casefold()] = code
    return {**found, **OTHERS}
