"""Words that people write, as the catalog keeps and compares them."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.text import slugify

# Letters that Unicode does not take apart into a plain one and a mark.
WHOLE: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})


def squeezed(text: str) -> str:
    """The text without spaces at its ends and doubled ones within."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """The text without capitals and accents: `Größe` and `GROSSE` are the same."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(WHOLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def slug_of(text: str) -> str:
    """A code made of a name, in a–z, 0–9 and hyphens; "" where the name has none of these."""
    return slugify(folded(text)).strip("_-")


def tag_slug(label: str) -> str:
    """What tells tags apart: letters of every script, and signs where there are none."""
    return slugify(folded(label), allow_unicode=True) or folded(squeezed(label))
