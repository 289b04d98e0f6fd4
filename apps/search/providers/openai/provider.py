"""A provider somewhere else, with an interface like OpenAI's."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.search.contracts import EmbeddingAccess
from apps.search.providers.openai.client import asked
from apps.search.providers.openai.mapping import vectors_in


class OpenAiProvider:
    """Off until a tenant names its address, such as `https://api.openai.com/v1`, and a model."""

    id = "openai"
    label = _("an address with an interface like OpenAI's")
    needs_endpoint = True

    def embed(self, texts: Sequence[str], access: EmbeddingAccess) -> list[list[float]]:
        """One vector for each text, in one call. Raises EmbeddingFailed."""
        return vectors_in(asked(texts, access).content)
