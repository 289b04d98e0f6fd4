"""Calls an interface like OpenAI's `POST …/embeddings`, which many others have as well."""

from __future__ import annotations

from collections.abc import Sequence

from apps.kernel.outbound import Answer, Outbound, OutboundFailed, OutboundRefused
from apps.search.contracts import EmbeddingAccess, EmbeddingFailed

TIMEOUT = 20.0  # seconds
BUSY = frozenset({408, 409, 425, 429})


def asked(texts: Sequence[str], access: EmbeddingAccess) -> Answer:
    """The answer to one call for all of the texts. Raises EmbeddingFailed, without a word of the texts or the key.

    Source: https://platform.openai.com/docs/api-reference/embeddings
    """
    address = f"{access.endpoint.rstrip('/')}/embeddings"
    headers = {"authorization": f"Bearer {access.api_key}"} if access.api_key else {}
    body = {"model": access.model, "input": list(texts), "encoding_format": "float"}
    try:
        answer = Outbound(timeout=TIMEOUT).request("POST", address, headers=headers, json=body)
    except OutboundFailed as error:
        raise EmbeddingFailed("the provider does not answer") from error
    except OutboundRefused as error:
        raise EmbeddingFailed("the provider's address may not be called", is_passing=False) from error
    if answer.status != 200:
        is_passing = answer.status >= 500 or answer.status in BUSY
        raise EmbeddingFailed(f"the provider answers with status {answer.status}", is_passing=is_passing)
    return answer
