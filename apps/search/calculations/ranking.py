"""Putting several lists of hits together, and telling mistyped words from other words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

ItemT = TypeVar("ItemT", bound=Hashable)

K = 60


def merged(lists: Iterable[Sequence[ItemT]], *, k: int = K) -> dict[ItemT, float]:
    """Items of ranked lists with their score, best first: the sum of 1 / (k + place) over the lists.

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009. Ties keep the order of the lists.
    """
    scores: dict[ItemT, float] = {}
    for ranked in lists:
        for place, item in enumerate(ranked, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (k + place)
    return dict(sorted(scores.items(), key=lambda entry: -entry[1]))


def near_words(word: str, candidates: Iterable[str], *, most: int) -> list[str]:
    """Those of the candidates that differ by one slip (two in words of more than five letters), nearest first."""
    limit = 1 if len(word) <= 5 else 2
    found = [(distance(word, other, limit), other) for other in candidates if other != word]
    return [other for slips, other in sorted(found) if slips <= limit][:most]


def distance(one: str, other: str, limit: int) -> int:
    """How many letters to add, drop, change or swap with their neighbour; `limit` + 1 for anything above it.

    Optimal string alignment: a swapped pair is not touched again.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, last, row = row, before, [place]
        for number, against in enumerate(other, 1):
            cost = min(before[number] + 1, row[number - 1] + 1, before[number - 1] + (letter != against))
            if place > 1 and number > 1 and letter == other[number - 2] and one[place - 2] == against:
                cost = min(cost, last[number - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def counted(kinds: Iterable[str]) -> dict[str, int]:
    """How many items there are of each kind, the most frequent kind first."""
    return dict(sorted(Counter(kinds).items(), key=lambda entry: (-entry[1], entry[0])))
