"""What is written into a document's text vector, and what is asked of it.

Each lexeme begins with the tenant's tag. So a word of one tenant is a key of its own in the index: how many documents
other tenants have with it, or how many words begin as it does, costs this tenant nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from apps.search.calculations.folding import Chunk, chunks

MOST_WORDS = 2_000  # of one document
MOST_ASKED = 12  # words of one question
MOST_PLACES = 100  # of one word in one document
LAST_PLACE = 16_000
SHORTEST_PREFIX = 2  # one letter begins too many words: it is looked for as it stands
STEM = "/"  # stems stand beside words and are no words themselves
VOCABULARY = range(3, 41)  # letters of words that typing errors are looked for in

Stem = Callable[[str], str]


def tag_of(tenant_id: UUID) -> str:
    """Six letters that a tenant's lexemes begin with. Two tenants with one tag are still parted by the wall."""
    return hashlib.blake2s(tenant_id.bytes, digest_size=3).hexdigest()


def vector_of(texts: Iterable[tuple[str, str]], *, tag: str, stem: Stem) -> str:
    """The text vector of pairs of text and weight (A to D), as PostgreSQL reads it."""
    places: dict[str, list[str]] = {}
    place = 0
    for text, weight in texts:
        for chunk in chunks(text):
            for word, others in chunk.words:
                place += 1
                if place > MOST_WORDS:
                    return _written(places, tag)
                for lexeme in _of_word(word, others, stem):
                    _note(places, lexeme, place, weight)
            if chunk.glued:
                _note(places, chunk.glued, place, weight)
    return _written(places, tag)


def vocabulary_of(texts: Iterable[str]) -> set[str]:
    """Words of the texts that somebody might mistype: letters only, neither very short nor very long."""
    return {
        word
        for text in texts
        for chunk in chunks(text)
        for word, _others in chunk.words
        if word.isalpha() and len(word) in VOCABULARY
    }


def asked_chunks(text: str) -> list[Chunk]:
    """What a question consists of; more than a dozen words are cut off."""
    return list(chunks(text))[:MOST_ASKED]


def question_of(
    asked: Sequence[Chunk], *, tag: str, stem: Stem, instead: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The question as PostgreSQL reads it: every piece has to be there, the last one may be a beginning.

    `instead` names words that stand in for a word that is perhaps mistyped. "" for a question without words.
    """
    parts = [
        _piece(chunk, tag, stem, instead or {}, is_last=number == len(asked)) for number, chunk in enumerate(asked, 1)
    ]
    return " & ".join(f"({part})" for part in parts)


def _piece(chunk: Chunk, tag: str, stem: Stem, instead: Mapping[str, Sequence[str]], *, is_last: bool) -> str:
    wanted = []
    for number, (word, others) in enumerate(chunk.words, 1):
        is_beginning = is_last and number == len(chunk.words)
        ways = [_asked(tag, spelling, is_beginning) for spelling in (word, *others)]
        ways += [_asked(tag, spelling, False) for spelling in _more(word, stem, instead)]
        wanted.append(f"({' | '.join(ways)})")
    whole = " & ".join(wanted)
    return f"({whole}) | {_asked(tag, chunk.glued, is_last)}" if chunk.glued else whole


def _more(word: str, stem: Stem, instead: Mapping[str, Sequence[str]]) -> list[str]:
    root = stem(word)
    return [*([STEM + root] if root else []), *instead.get(word, ())]


def _asked(tag: str, lexeme: str, is_beginning: bool) -> str:
    mark = ":*" if is_beginning and len(lexeme) >= SHORTEST_PREFIX else ""
    return f"'{tag}{lexeme}'{mark}"


def _of_word(word: str, others: Sequence[str], stem: Stem) -> list[str]:
    root = stem(word)
    return [word, *others, *([STEM + root] if root else [])]


def _note(places: dict[str, list[str]], lexeme: str, place: int, weight: str) -> None:
    found = places.setdefault(lexeme, [])
    if len(found) < MOST_PLACES:
        found.append(f"{min(place, LAST_PLACE)}{weight}")


def _written(places: Mapping[str, Sequence[str]], tag: str) -> str:
    return " ".join(f"'{tag}{lexeme}':{','.join(found)}" for lexeme, found in places.items())
