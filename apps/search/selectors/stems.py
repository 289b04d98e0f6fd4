"""Stems of words, by the dictionaries that PostgreSQL has, remembered by each process."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from django.db import connection

from apps.search.calculations.folding import chunks
from apps.search.calculations.lexemes import Stem

SIMPLE = "simple"
KEPT = 50_000
ASK = "SELECT word, (ts_lexize(%s::regdictionary, word))[1] FROM unnest(%s::text[]) AS word"

_known: dict[tuple[str, str], str] = {}
_lock = Lock()


def stem_of(language: str, texts: Iterable[str]) -> Stem:
    """A function that gives the stem of each word of the texts, "" for one that has none: one query for new words."""
    if language == SIMPLE:
        return _none
    words = {word for text in texts for chunk in chunks(text) for word, _others in chunk.words if word.isalpha()}
    found = {word: _known[language, word] for word in words if (language, word) in _known}
    missing = sorted(words - found.keys())
    if missing:
        found |= _asked(language, missing)
    return lambda word: found.get(word, "")


def _none(word: str) -> str:
    return ""


def _asked(language: str, words: list[str]) -> dict[str, str]:
    with connection.cursor() as cursor:  # scope: dictionaries belong to no tenant
        cursor.execute(ASK, [f"pg_catalog.{language}_stem", words])
        found = {word: stem or "" for word, stem in cursor.fetchall()}
    with _lock:
        if len(_known) + len(found) > KEPT:
            _known.clear()
        _known.update({(language, word): stem for word, stem in found.items()})
    return found
