"""Words that people write, as the house keeps and compares them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

# Letters that Unicode does not take apart into a plain one and a mark.
WHOLE: Final = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
BREAKS: Final = re.compile(r"[^a-z0-9]+")


def squeezed(text: str) -> str:
    """The text without spaces at its ends and doubled ones within."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """The text without capitals and accents: `Größe` and `GROSSE` are the same."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(WHOLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def slug_of(text: str, *, longest: int | None = None) -> str:
    """The text as a handle of a–z, 0–9 and hyphens; "" where none of its letters can be said so."""
    return BREAKS.sub("-", folded(text).encode("ascii", "ignore").decode()).strip("-")[:longest].rstrip("-")


def free_slug(wanted: str, taken: Collection[str], *, longest: int, first: int = 2) -> str:
    """`wanted`, or with the first of `-2`, `-3` … that nobody has; `first` is where the numbers begin."""
    found, number = wanted, first
    while found in taken:
        tail = f"-{number}"
        found, number = wanted[: longest - len(tail)].rstrip("-") + tail, number + 1
    return found
