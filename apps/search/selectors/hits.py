"""Hits of one way of searching: documents that answer, best first, each cut off at a thousand.

A hit is the id of a document; what is shown of it is read later, for one page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from apps.kernel.crypto.keys import existing_keys
from apps.kernel.tenancy.scope import current_scope
from apps.search.calculations.digests import tokens_of
from apps.search.calculations.folding import folded_line
from apps.search.calculations.lexemes import asked_chunks, question_of, tag_of
from apps.search.selectors.kinds import Documents
from apps.search.selectors.questions import Rank, matching
from apps.search.selectors.stems import stem_of
from apps.search.selectors.vocabulary import meant_words

CANDIDATES = 1_000  # of each way: what has more hits than that is not narrowed down enough for a place to mean much
TITLES = 50
FEW = 5  # hits, below which words may have been mistyped


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, among which documents, in which language words are brought back to their stems."""

    text: str
    rows: Documents
    language: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One document: its own id and what it is of."""

    id: UUID
    entity: str
    record_id: UUID


Hits = list[Hit]


def word_hits(question: Question) -> Hits:
    """Documents with the words; where there are few, also those with words that they may have been meant for."""
    asked = asked_chunks(question.text)
    if not asked:
        return []
    tag, stem = tag_of(current_scope().tenant_id), stem_of(question.language, [question.text])
    rows = question.rows
    found = _together(
        _title_hits(rows, question.text), _ranked(rows, question_of(asked, tag=tag, stem=stem), question.text)
    )
    if len(found) >= FEW:
        return found
    instead = meant_words({word for chunk in asked for word, _others in chunk.words})
    if not instead:
        return found
    meant = question_of(asked, tag=tag, stem=stem, instead=instead)
    return _together(found, _ranked(rows, meant, question.text))


def token_hits(question: Question) -> Hits:
    """Documents with the whole text as a private value. A tenant without keys has stored none."""
    keys = existing_keys()
    tokens = tokens_of([question.text], pepper=keys.pepper) if keys else []
    if not tokens:
        return []
    test = Q()
    for token in tokens:  # `jsonb @>` is marked leakproof, so that the index serves it under row-level security
        test |= Q(tokens__contains=[token])
    return _hits(question.rows.filter(test).order_by("title_key", "id")[:CANDIDATES])


def _title_hits(rows: Documents, text: str) -> Hits:
    """Documents whose title begins with the text, the shortest first: what is typed whole is meant whole."""
    key = folded_line(text)
    if len(key) < 2:
        return []
    return _hits(rows.filter(title_key__startswith=key).order_by("title_key", "id")[:TITLES])


def _ranked(rows: Documents, question: str, text: str) -> Hits:
    key = folded_line(text)
    # Cut off before they are ranked: a word that stands everywhere must not have everything read.
    found = rows.filter(matching(question)).annotate(rank=Rank(question))
    columns = found.values_list("id", "entity", "record_id", "rank", "title_key")[:CANDIDATES]

    def place(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return (row[4] != key, -row[3], row[4], row[0])

    return [Hit(row[0], row[1], row[2]) for row in sorted(columns, key=place)]


def _together(*lists: Iterable[Hit]) -> Hits:
    return list(dict.fromkeys(hit for hits in lists for hit in hits))


def _hits(rows: Documents) -> Hits:
    return [Hit(*row) for row in rows.values_list("id", "entity", "record_id")]


def nearest(rows: Documents, distance: Any, *, farthest: float, limit: int = TITLES) -> Hits:
    """Documents by their distance from a meaning, the nearest first."""
    near = rows.annotate(distance=distance).filter(distance__lte=farthest).order_by(F("distance").asc(), "id")
    return _hits(near[:limit])
