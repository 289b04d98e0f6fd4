"""How other modules say which of their texts can be translated."""

from __future__ import annotations

from apps.kernel.translating.declared import Translatable, declare_translatable


def translatable(entity: str, *fields: str) -> Translatable:
    """Let texts of a kind of record be translated, in the module's `translations.py`: fields of its model.

    They are CharFields or TextFields without choices that are not encrypted, of a model that is soft-deleted. Lists,
    details, expansions, files and labels show them in the reader's language from then on.
    """
    return declare_translatable(entity, *fields)
