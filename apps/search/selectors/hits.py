"""Hits of one way of searching: documents that answer, best first, each way cut off at two hundred.

A hit is the id of a document and its kind; what is shown of it is read later, for one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from apps.kernel.crypto.keys import existing_keys
from apps.kernel.tenancy.scope import current_scope
from apps.search.calculations.digests import tokens_of
from apps.search.calculations.folding import folded_line
from apps.search.calculations.lexemes import SHORTEST_PREFIX, asked_chunks, question_of, tag_of
from apps.search.selectors.kinds import Documents
from apps.search.selectors.questions import Rank, matching
from apps.search.selectors.stems import stem_of
from apps.search.selectors.vocabulary import meant_words

CANDIDATES = 200  # of each way: what has more hits than that is not narrowed down enough for a place to mean much
TITLES = 50
FEW = 5  # hits, below which words may have been mistyped

Hits = dict[UUID, str]  # id of a document → its kind, best first


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, among which documents, in which language words are brought back to their stems."""

    text: str
    rows: Documents
    language: str


def word_hits(question: Question) -> Hits:
    """Documents with the words; where there are few, also those with words that they may have been meant for."""
    asked = asked_chunks(question.text)
    if not asked:
        return {}
    tag, stem = tag_of(current_scope().tenant_id), stem_of(question.language, [question.text])
    found = _ranked(question, question_of(asked, tag=tag, stem=stem))
    if len(found) >= CANDIDATES:
        return _title_hits(question) | found
    if len(found) >= FEW:
        return found
    instead = meant_words({word for chunk in asked for word, _others in chunk.words})
    if not instead:
        return found
    return found | _ranked(question, question_of(asked, tag=tag, stem=stem, instead=instead))


def token_hits(question: Question) -> Hits:
    """Documents with the whole text as a private value. A tenant without keys has stored none."""
    keys = existing_keys()
    tokens = tokens_of([question.text], pepper=keys.pepper) if keys else []
    if not tokens:
        return {}
    test = Q()
    for token in tokens:  # `jsonb @>` is marked leakproof, so that the index serves it under row-level security
        test |= Q(tokens__contains=[token])
    return _hits(question.rows.filter(test).order_by("title_key", "id")[:CANDIDATES])


def _title_hits(question: Question) -> Hits:
    """Documents whose title begins with the text, the shortest first: of very many hits these are never cut off."""
    key = folded_line(question.text)
    if len(key) < SHORTEST_PREFIX:
        return {}
    return _hits(question.rows.filter(title_key__startswith=key).order_by("title_key", "id")[:TITLES])


def _ranked(question: Question, asked: str) -> Hits:
    """Whole titles first, then titles that begin so, then by how well they answer."""
    key = folded_line(question.text)
    # Cut off before they are ranked: a word that stands everywhere must not have everything read.
    found = question.rows.filter(matching(asked)).annotate(
        rank=Rank(asked), is_whole=_claim(title_key=key), begins=_claim(title_key__startswith=key)
    )
    rows = found.values_list("is_whole", "begins", "rank", "id", "entity")[:CANDIDATES]
    best = sorted(rows, key=lambda row: (not row[0], not row[1], -row[2], row[3].int))
    return {row[3]: row[4] for row in best}


def _claim(**test: str) -> Any:
    return ExpressionWrapper(Q(**test), output_field=BooleanField())


def _hits(rows: Documents) -> Hits:
    return dict(rows.values_list("id", "entity"))


def nearest(rows: Documents, distance: Any, *, farthest: float, limit: int = TITLES) -> Hits:
    """Documents by their distance from a meaning, the nearest first."""
    near = rows.annotate(distance=distance).filter(distance__lte=farthest).order_by(F("distance").asc(), "id")
    return _hits(near[:limit])
