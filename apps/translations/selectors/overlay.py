"""The kernel's port `Translations`, answered from the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from apps.kernel.ports import Localized
from apps.kernel.translating.locales import chain
from apps.translations.models import Translation
from apps.translations.selectors.languages import languages


class StoredTranslations:
    """The kernel's port `Translations`, from the table."""

    def overlay(
        self, entity: str, ids: Collection[UUID], locales: Sequence[str]
    ) -> Mapping[UUID, Mapping[str, Localized]]:
        """Texts by record and field; no query where the reader's language is the default or none is held."""
        spoken = languages()
        steps = chain(locales, default=spoken.default, held=frozenset(spoken.others))
        if not steps:
            return {}
        rows = Translation.objects.filter(entity=entity, record_id__in=list(ids), locale__in=steps)
        found: dict[UUID, dict[str, Localized]] = {}
        for record_id, field, locale, value in rows.values_list("record_id", "field", "locale", "value"):
            texts = found.setdefault(record_id, {})
            former = texts.get(field)
            if former is None or steps.index(locale) < steps.index(former.locale):
                texts[field] = Localized(value, locale)
        return found
