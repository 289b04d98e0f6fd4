from apps.translations.selectors.languages import Languages, forget_languages, languages
from apps.translations.selectors.overlay import StoredTranslations
from apps.translations.selectors.reports import MISSING, OUTDATED, KindReport, Lacking, lacking, report_of
from apps.translations.selectors.texts import (
    RecordTexts,
    Text,
    base_texts,
    field_label,
    installed_kinds,
    texts_of,
    translatable_record,
)

__all__ = [
    "MISSING",
    "OUTDATED",
    "KindReport",
    "Lacking",
    "Languages",
    "RecordTexts",
    "StoredTranslations",
    "Text",
    "base_texts",
    "field_label",
    "forget_languages",
    "installed_kinds",
    "lacking",
    "languages",
    "report_of",
    "texts_of",
    "translatable_record",
]
