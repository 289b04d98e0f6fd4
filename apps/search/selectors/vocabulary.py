"""Words of the tenant: those that are near a mistyped one, and those that stand nowhere any more."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F

from apps.kernel.tenancy.scope import current_scope
from apps.search.calculations.lexemes import VOCABULARY, tag_of
from apps.search.calculations.ranking import near_words
from apps.search.models import SearchDocument, SearchWord
from apps.search.selectors.questions import matching

LOOKED_AT = 40  # words with the most letters in common
MOST_MEANT = 4


def meant_words(words: Iterable[str]) -> dict[str, list[str]]:
    """For each word what may have been meant instead, nearest first; one query for each word."""
    found = {}
    for word in words:
        if word.isalpha() and len(word) in VOCABULARY:
            near = near_words(word, _alike(word), most=MOST_MEANT)
            if near:
                found[word] = near
    return found


def _alike(word: str) -> list[str]:
    # By trigrams: the index serves the condition, under row-level security too, because it is marked leakproof.
    rows = SearchWord.objects.filter(word__trigram_similar=word)
    return list(
        rows.annotate(likeness=TrigramSimilarity(F("word"), word))
        .order_by("-likeness", "word")
        .values_list("word", flat=True)[:LOOKED_AT]
    )


def unused_words(after: str, limit: int) -> tuple[list[str], str]:
    """Of the next words those that stand in no document, and the last word that was looked at, "" at the end."""
    words = list(SearchWord.objects.filter(word__gt=after).order_by("word").values_list("word", flat=True)[:limit])
    tag = tag_of(current_scope().tenant_id)
    unused = [word for word in words if not SearchDocument.objects.filter(matching(f"'{tag}{word}'")).exists()]
    return unused, words[-1] if len(words) == limit else ""
