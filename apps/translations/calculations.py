"""What a translation was made from, in short, and how much of a record is translated: pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass


def digest(text: str) -> str:
    """A short name of a text, the same that PostgreSQL's md5() gives: it tells versions apart and hides nothing."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def state_of(base: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """A short name of what a translator sees: the record's own texts by field, and those of a language."""
    seen = json.dumps([sorted(base.items()), sorted(texts.items())], ensure_ascii=False)
    return digest(seen)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of `total` texts that there are, how many are translated, and how many of these from a text that has changed."""

    total: int
    translated: int
    outdated: int

    @property
    def missing(self) -> int:
        """Texts without a translation."""
        return self.total - self.translated

    @property
    def percent(self) -> int:
        """Translations that are good, in whole percent, rounded down; 100 where there is nothing to translate."""
        return 100 * (self.translated - self.outdated) // self.total if self.total else 100

    def __add__(self, other: Completeness) -> Completeness:
        """Both together."""
        return Completeness(
            self.total + other.total, self.translated + other.translated, self.outdated + other.outdated
        )


def completeness(base: Mapping[str, str], done: Mapping[str, str]) -> Completeness:
    """Of one record: `base` holds its texts by field, `done` the digests of what translations were made from."""
    filled = {name: text for name, text in base.items() if text}
    translated: Collection[str] = filled.keys() & done.keys()
    outdated = sum(digest(filled[name]) != done[name] for name in translated)
    return Completeness(len(filled), len(translated), outdated)
