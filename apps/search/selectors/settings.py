"""How the tenant of the open scope searches."""

from __future__ import annotations

from dataclasses import dataclass

from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.search.contracts import EmbeddingAccess
from apps.search.models import Language, SearchSettings, Strategy

LANGUAGES = {"en": Language.ENGLISH, "de": Language.GERMAN, "es": Language.SPANISH}


@dataclass(frozen=True, slots=True)
class SearchWay:
    """`language` is a dictionary of PostgreSQL. `provider` is "" where nobody is asked what texts mean."""

    language: str
    strategies: tuple[str, ...]
    provider: str
    access: EmbeddingAccess

    @property
    def asks_provider(self) -> bool:
        """Say whether meanings are looked for."""
        return bool(self.provider) and Strategy.VECTORS in self.strategies


def current_settings() -> SearchSettings:
    """The tenant's settings, unsaved defaults where there are none."""
    return SearchSettings.objects.first() or SearchSettings()


def current_way() -> SearchWay:
    """The settings with what follows from them."""
    row = current_settings()
    return SearchWay(
        language=row.language or language_of(service(TenantBook).profile().locale),
        strategies=tuple(row.strategies),
        provider=row.provider,
        access=EmbeddingAccess(row.endpoint, row.model, row.api_key or ""),
    )


def language_of(locale: str) -> str:
    """The dictionary for a language of the house; words stand as they are where PostgreSQL has none."""
    return LANGUAGES.get(locale.partition("-")[0], Language.NONE)
