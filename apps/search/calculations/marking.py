"""Marks what was looked for in what is shown, as HTML in which everything else is escaped."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape

from apps.search.calculations.folding import CHUNK, UMLAUTS, WORD, Chunk, folded

OPEN, CLOSE = "<mark>", "</mark>"
SHORTEST = 2


def wanted_words(asked: Iterable[Chunk]) -> tuple[str, ...]:
    """Beginnings of words that are marked."""
    found: dict[str, None] = {}
    for chunk in asked:
        for word, others in chunk.words:
            found.update(dict.fromkeys((word, *others)))
    return tuple(found)


def marked(text: str, wanted: Iterable[str]) -> str:
    """The text as HTML, with `<mark>` around each word that begins as one of the wanted ones does."""
    beginnings = tuple(wanted)
    done, place = [], 0
    for chunk in CHUNK.finditer(text):
        for found in WORD.finditer(chunk.group()):
            if not _is_wanted(found.group(), beginnings):
                continue
            start = chunk.start() + found.start()
            done.append(f"{escape(text[place:start])}{OPEN}{escape(found.group())}{CLOSE}")
            place = start + len(found.group())
    return "".join([*done, escape(text[place:])])


def _is_wanted(word: str, beginnings: tuple[str, ...]) -> bool:
    spellings = {folded(word), folded(word.lower().translate(UMLAUTS))}
    return any(
        spelling == beginning or (len(beginning) >= SHORTEST and spelling.startswith(beginning))
        for spelling in spellings
        for beginning in beginnings
    )
