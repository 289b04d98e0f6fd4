"""Words that people write into tables for yes, no and months, in the languages of the house."""

from __future__ import annotations

from typing import Final

TRUE: Final = frozenset(
    [
        "true",
        "t",
        "yes",
        "y",
        "on",
        "1",
        "x",
        "✓",
        "✔",
        "tak",
        "prawda",
        "p",
        "ja",
        "j",
        "wahr",
        "w",
        "sí",
        "si",
        "s",
        "verdadero",
        "cierto",
        "v",
        "enabled",
        "active",
    ]
)
FALSE: Final = frozenset(
    [
        "false",
        "f",
        "no",
        "n",
        "off",
        "0",
        "-",
        "nie",
        "fałsz",
        "falsz",
        "nein",
        "falsch",
        "falso",
        "disabled",
        "inactive",
        "✗",
        "✘",
    ]
)

_MONTHS: Final = (
    "jan january sty styczeń stycznia januar jänner ene enero",
    "feb february lut luty lutego februar febrero",
    "mar march marzec marca mär märz mrz marzo",
    "apr april kwi kwiecień kwietnia abr abril",
    "may maj maja mai mayo",
    "jun june cze czerwiec czerwca juni junio",
    "jul july lip lipiec lipca juli julio",
    "aug august sie sierpień sierpnia ago agosto",
    "sep sept september wrz wrzesień września septiembre setiembre",
    "oct october paź październik października okt oktober octubre",
    "nov november lis listopad listopada noviembre",
    "dec december gru grudzień grudnia dez dezember dic diciembre",
)
MONTHS: Final = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
