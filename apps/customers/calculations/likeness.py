"""How much two customers look like one: reasons, and a score made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import ceil, sqrt
from uuid import UUID

NEAR = 0.5  # names that share less of their letters say nothing
LIKELY = 50  # the score from which people are asked
ROUNDED = 0.5  # scores and weights are whole
TELLING = 2  # trigrams that are together found in few texts
EXACT = 1e-9  # what a product may be beside the whole number that it is


class Reason(StrEnum):
    """What two customers have in common."""

    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    PLACE = "place"


# How sure each makes alone, in percent. A phone may be an office's, a domain a group's; a place only supports others.
WEIGHTS = {Reason.EMAIL: 85, Reason.PHONE: 70, Reason.DOMAIN: 65, Reason.SAME_NAME: 75, Reason.PLACE: 30}


@dataclass(frozen=True, slots=True)
class Traits:
    """What one customer is compared by, all in normal forms; `name_key` is the name without marks and legal forms.

    `places` are postal codes and cities in small letters.
    """

    name_key: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domain: str = ""
    places: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score, 0 to 100, and what it is made of, strongest first."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        """Say whether somebody should look at the two."""
        return self.score >= LIKELY


def likeness(one: Traits, other: Traits) -> Likeness:
    """Compare two customers. Each reason makes sure by its weight, several by what the others leave open."""
    weights = dict(_weighed(one, other))
    doubt = 1.0
    for weight in weights.values():
        doubt *= 1 - weight / 100
    strongest = sorted(weights, key=lambda reason: (-weights[reason], reason))
    return Likeness(round(100 * (1 - doubt)), tuple(strongest))


def _weighed(one: Traits, other: Traits) -> Iterable[tuple[Reason, int]]:
    shared = {
        Reason.EMAIL: one.emails & other.emails,
        Reason.PHONE: one.phones & other.phones,
        Reason.DOMAIN: one.domain == other.domain and one.domain,
        Reason.PLACE: one.places & other.places,
    }
    yield from ((reason, WEIGHTS[reason]) for reason, found in shared.items() if found)
    near = similarity(one.name_key, other.name_key)
    if one.name_key and one.name_key == other.name_key:
        yield Reason.SAME_NAME, WEIGHTS[Reason.SAME_NAME]
    elif near >= NEAR:
        yield Reason.SIMILAR_NAME, round(WEIGHTS[Reason.SAME_NAME] * near * near)


def needed_similarity(*, supported: bool) -> float:
    """From which part of their trigrams on names make two customers likely: alone, or `supported` by the same place."""
    doubt = 1 - (LIKELY - ROUNDED) / 100
    if supported:
        doubt /= 1 - WEIGHTS[Reason.PLACE] / 100
    return sqrt((100 * (1 - doubt) - ROUNDED) / WEIGHTS[Reason.SAME_NAME])


def similarity(one: str, other: str) -> float:
    """The part of their trigrams that two texts share, 0 to 1, whatever the order of words: as PostgreSQL counts it."""
    left, right = trigrams(one), trigrams(other)
    return len(left & right) / len(left | right) if left and right else 0.0


def trigrams(text: str) -> frozenset[str]:
    """Three letters in a row of each word, which counts as if it had two blanks before and one behind."""
    return frozenset(_in_order(text))


def _in_order(text: str) -> Iterator[str]:
    padded = (f"  {word} " for word in text.split())
    return (word[at : at + 3] for word in padded for at in range(len(word) - 2))


def held_whole(text: str, *, near: float) -> list[list[str]]:
    """Groups of the text's trigrams of which every text that is as near holds one group whole.

    A near text may lack a few of the trigrams; the groups have none in common and are one more than those. Trigrams
    with blanks, which very many texts have, are left out where there are enough of the others. An empty text has no
    group.
    """
    own = list(dict.fromkeys(_in_order(text)))
    if not own:
        return []
    count = len(own) - ceil(near * len(own) - EXACT) + 1
    letters = [item for item in own if " " not in item]
    telling = letters if len(letters) >= TELLING * count else own
    return [telling[start::count] for start in range(count)]


def trigram_keys(group: Iterable[str], tenant_id: UUID) -> list[int]:
    """The numbers, of 32 bits and signed, by which the database keeps trigrams of the tenant's names."""
    digests = (sha256(f"{tenant_id}{item}".encode()).digest() for item in group)
    return [int.from_bytes(digest[:4], signed=True) for digest in digests]
