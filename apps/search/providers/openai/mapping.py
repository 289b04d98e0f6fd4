"""Reads the answer of an interface like OpenAI's."""

from __future__ import annotations

import msgspec

from apps.search.contracts import EmbeddingFailed


class _Item(msgspec.Struct):
    index: int
    embedding: list[float]


class _Body(msgspec.Struct):
    data: list[_Item]


def vectors_in(content: bytes) -> list[list[float]]:
    """The vectors in the order of the texts. Raises EmbeddingFailed for an answer that is none."""
    try:
        body = msgspec.json.decode(content, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EmbeddingFailed("the provider's answer cannot be read") from error
    return [item.embedding for item in sorted(body.data, key=lambda item: item.index)]
