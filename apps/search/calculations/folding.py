"""How letters are compared: without case and marks, the same for what is stored and for what is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_WORD = 60
# Letters that Unicode does not take apart into a plain one and a mark. The database's `unaccent` is not used: this is
# the same in every server, and an index and a question that fold differently would not meet.
PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
        "ĸ": "k",
        "ŋ": "n",
    }
)
# German writes the same name both ways: Müller and Mueller.
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
WORD = re.compile(r"[^\W_]+")
CHUNK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two spaces: its `words`, other spellings of them, and all of it in one piece.

    `words` pairs each word with its other spellings. `glued` is "" where the chunk is one word anyway: `AC-100` has
    the words `ac` and `100`, and is `ac100` in one piece.
    """

    words: tuple[tuple[str, tuple[str, ...]], ...]
    glued: str


def folded(text: str) -> str:
    """The text in small plain letters: `Łódź` is `lodz`, `Straße` is `strasse`, `Müller` is `muller`."""
    apart = unicodedata.normalize("NFKD", _lower(text).translate(PLAIN))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(PLAIN)


def folded_line(text: str) -> str:
    """The folded text with single spaces, for comparing whole titles."""
    return " ".join(folded(text).split())


def chunks(text: str) -> Iterator[Chunk]:
    """What the text consists of, in its order; pieces without a letter or digit are left out."""
    for found in CHUNK.finditer(text):
        chunk = _chunk(found.group())
        if chunk.words:
            yield chunk


def _chunk(text: str) -> Chunk:
    # Taken apart first: marks that fold away must not part words, and letters beyond the basic planes count as letters.
    composed = unicodedata.normalize("NFC", _lower(text))
    words = []
    for found in WORD.findall(_without_loose_marks(composed)):
        plain = folded(found)[:LONGEST_WORD]
        german = folded(found.translate(UMLAUTS))[:LONGEST_WORD]
        if plain:
            words.append((plain, (german,) if german != plain else ()))
    glued = "".join(word for word, _others in words)[:LONGEST_WORD] if len(words) > 1 else ""
    return Chunk(tuple(words), glued)


def _without_loose_marks(text: str) -> str:
    """Marks that could not be joined with their letter would end a word in its middle."""
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def _lower(text: str) -> str:
    return text.replace("\0", " ").lower()
