"""The world's currencies as CLDR knows them (through Babel): codes, names, symbols, places, separators."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_territory_language_info
from babel.numbers import get_currency_symbol

from apps.kernel.money import currency_places

LANGUAGES = ("en", "pl", "de", "es")


@dataclass(frozen=True, slots=True)
class MasterCurrency:
    """One currency of ISO 4217.

    `names` maps language to name. `symbol` is the one that readers of English know (€, CA$), else the one of
    its own country (zł), else the code. `decimal_places` is the customary number (CLDR, which for a few
    currencies without coins is below the one of ISO 4217). The separators are those of its own country.
    """

    code: str
    names: Mapping[str, str]
    symbol: str
    decimal_places: int
    decimal_separator: str
    group_separator: str

    def name(self, language: str) -> str:
        """The name in a language such as `pl` or `pl-PL`; in English for one that has none."""
        return self.names.get(language.partition("-")[0].partition("_")[0], self.names["en"])


@cache
def tender() -> Mapping[str, tuple[str, ...]]:
    """Codes that are legal tender somewhere today, and the territories where they are, both sorted."""
    found: dict[str, list[str]] = {}
    for territory, currencies in sorted(get_global("territory_currencies").items()):
        for code, _start, end, is_tender in currencies:
            if is_tender and end is None:
                found.setdefault(code, []).append(territory)
    return {code: tuple(found[code]) for code in sorted(found)}


def master() -> tuple[MasterCurrency, ...]:
    """Every current currency, by code."""
    return tuple(master_currency(code) for code in tender())


@cache
def master_currency(code: str) -> MasterCurrency:
    """One currency, historic ones and units of account included. Raises KeyError for a code that is none."""
    english = Locale("en").currencies[code]
    home = _home(code, tender().get(code, ()))
    marks = home.number_symbols.get("latn", {})
    return MasterCurrency(
        code=code,
        names={language: _name(code, language) or english for language in LANGUAGES},
        symbol=_symbol(code, home),
        decimal_places=currency_places(code),
        decimal_separator=marks.get("decimal", "."),
        group_separator=marks.get("group", ","),
    )


def _name(code: str, language: str) -> str:
    name = str(Locale(language).currencies.get(code, ""))
    return "" if name == code else name


def _symbol(code: str, home: Locale) -> str:
    international = get_currency_symbol(code, "en")
    if international != code:
        return str(international)
    native = "".join(
        letter for letter in get_currency_symbol(code, home) if unicodedata.category(letter) != "Cf"
    ).strip()
    # A bare $ or £ means another currency to everybody abroad: then the code says more.
    return native if native and native not in _taken_symbols() else code


@cache
def _taken_symbols() -> frozenset[str]:
    return frozenset(get_currency_symbol(code, "en") for code in tender())


def _home(code: str, territories: tuple[str, ...]) -> Locale:
    """The locale of the country that the code names (PL of PLN), else of the first one that uses it."""
    for territory in sorted(territories, key=lambda territory: not code.startswith(territory)):
        for locale in _locales(territory):
            return locale
    return Locale("en")


def _locales(territory: str) -> Iterator[Locale]:
    languages = get_territory_language_info(territory)
    speakers = {name: float(facts["population_percent"] or 0) for name, facts in languages.items()}
    for language in sorted(speakers, key=lambda name: (-speakers[name], name)):
        try:
            yield Locale.parse(f"{language}_{territory}")
        except (UnknownLocaleError, ValueError):
            continue
