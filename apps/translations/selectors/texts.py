"""The texts of one record in every language, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.translating.declared import TRANSLATABLE
from apps.translations.calculations import Completeness, completeness, digest, state_of
from apps.translations.models import Translation
from apps.translations.selectors.languages import Languages, languages


@dataclass(frozen=True, slots=True)
class Text:
    """A translated text; outdated when the record's own text is another one than it was made from."""

    value: str
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class RecordTexts:
    """Texts of one record: as they stand in it (`base`, by field), and by language and field."""

    entity: str
    record_id: UUID
    label: str
    base: Mapping[str, str]
    texts: Mapping[str, Mapping[str, Text]]
    languages: Languages

    def done(self, locale: str) -> Completeness:
        """How much of the record is translated into the language."""
        texts = self.texts.get(locale, {})
        made_from = {name: "" if text.is_outdated else digest(self.base[name]) for name, text in texts.items()}
        return completeness(self.base, made_from)

    def state(self, locale: str) -> str:
        """A name of what there is in the language now; it is another one as soon as a text changes."""
        return state_of(self.base, {name: text.value for name, text in self.texts.get(locale, {}).items()})


def translatable_record(entity: str, record_id: UUID) -> Any:
    """The living record that the actor sees. Raises RowNotFound for a kind that is not translated as well."""
    if entity not in TRANSLATABLE or entity not in ENTITIES:
        raise RowNotFound
    row = ENTITIES[entity].living().filter(pk=record_id).first()
    if row is None:
        raise RowNotFound
    return row


def texts_of(entity: str, row: models.Model) -> RecordTexts:
    """Every text of the record; one query beside those of the languages."""
    base = base_texts(entity, row)
    found: dict[str, dict[str, Text]] = {}
    rows = Translation.objects.filter(entity=entity, record_id=row.pk, field__in=base)
    for locale, field, value, made_from in rows.values_list("locale", "field", "value", "source_digest"):
        found.setdefault(locale, {})[field] = Text(value, digest(base[field]) != made_from)
    return RecordTexts(entity, row.pk, str(row), base, found, languages())


def base_texts(entity: str, row: models.Model) -> dict[str, str]:
    """The record's own texts by field."""
    return {name: str(getattr(row, name) or "") for name in TRANSLATABLE[entity].fields}


def installed_kinds() -> list[str]:
    """Kinds of record that are translated and whose module is there."""
    return [entity for entity in TRANSLATABLE if entity in ENTITIES]


def field_label(entity: str, name: str) -> str:
    """What people call the field."""
    label = str(getattr(ENTITIES[entity].model._meta.get_field(name), "verbose_name", name))
    return label[:1].upper() + label[1:]
