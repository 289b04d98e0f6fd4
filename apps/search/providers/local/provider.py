"""A provider in this process, without a model: texts are near when they are spelled alike."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from apps.search.calculations.folding import chunks
from apps.search.contracts import EmbeddingAccess

LENGTH = 256
PIECE = 3  # letters


class LocalProvider:
    """Counts groups of three letters. It knows nothing of meaning, and costs nothing: for trying the way out."""

    id = "local"
    label = _("spelling, in this installation")
    needs_endpoint = False

    def embed(self, texts: Sequence[str], access: EmbeddingAccess) -> list[list[float]]:
        """One vector of length 1 for each text; the same for the same text everywhere."""
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    counts = [0.0] * LENGTH
    for group in _groups(text):
        place = int.from_bytes(hashlib.blake2s(group.encode(), digest_size=2).digest(), "big")
        counts[place % LENGTH] += 1.0
    size = math.sqrt(sum(count * count for count in counts)) or 1.0
    return [count / size for count in counts]


def _groups(text: str) -> Iterator[str]:
    for chunk in chunks(text):
        for word, _others in chunk.words:
            framed = f" {word} "
            yield from (framed[start : start + PIECE] for start in range(len(framed) - PIECE + 1))
