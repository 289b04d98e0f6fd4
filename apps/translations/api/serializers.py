"""Shapes of translations in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.kernel.api.serializers import StrictCharField, StrictSerializer
from apps.translations.selectors import MISSING, OUTDATED, KindReport, Lacking, Languages, RecordTexts


class TranslationsSerializer(StrictSerializer):
    """Texts by language and field. A language that is named is set as a whole; others stay as they are."""

    translations = serializers.DictField(
        child=serializers.DictField(child=StrictCharField(allow_null=True, allow_blank=True, max_length=20_000)),
        required=False,
        default=dict,
    )
    states = serializers.DictField(
        child=StrictCharField(max_length=32),
        required=False,
        help_text="By language, what `states` said when the texts were read: 412 where they have changed since.",
    )


class LocalesSerializer(StrictSerializer):
    """Languages to translate into, in order; none for those that the house speaks."""

    locales = serializers.ListField(child=StrictCharField(max_length=12), max_length=50)


class ReportQuestion(StrictSerializer):
    """Which kind of record; all of them without one."""

    entity = StrictCharField(max_length=100, required=False)


class LackingQuestion(StrictSerializer):
    """Of which kind, in which language, and what is looked for."""

    entity = StrictCharField(max_length=100)
    locale = StrictCharField(max_length=12)
    state = serializers.ChoiceField(choices=[MISSING, OUTDATED], required=False, default=MISSING)


class LocaleQuestion(StrictSerializer):
    """One language; every one without it."""

    locale = StrictCharField(max_length=12, required=False)


class TextAnswer(serializers.Serializer[Any]):
    """A translated text."""

    value = serializers.CharField()
    is_outdated = serializers.BooleanField()

    class Meta:
        ref_name = "TranslatedText"


class CompletenessAnswer(serializers.Serializer[Any]):
    """Of `total` texts, how many are translated, outdated, missing; `percent` counts the good ones."""

    total = serializers.IntegerField()
    translated = serializers.IntegerField()
    outdated = serializers.IntegerField()
    missing = serializers.IntegerField()
    percent = serializers.IntegerField()

    class Meta:
        ref_name = "TranslationCompleteness"


class RecordTextsAnswer(serializers.Serializer[Any]):
    """Texts of a record: as they stand in it, by language and field, and how complete each language is."""

    entity = serializers.CharField()
    record_id = serializers.UUIDField()
    default_locale = serializers.CharField()
    base = serializers.DictField(child=serializers.CharField(allow_blank=True))
    translations = serializers.DictField(child=serializers.DictField(child=TextAnswer()))
    completeness = serializers.DictField(child=CompletenessAnswer())
    states = serializers.DictField(child=serializers.CharField())

    class Meta:
        ref_name = "RecordTranslations"


class LanguagesAnswer(serializers.Serializer[Any]):
    """The language that texts are written in, and those that they are translated into."""

    default_locale = serializers.CharField()
    locales = serializers.ListField(child=serializers.CharField())

    class Meta:
        ref_name = "TranslationLanguages"


class KindAnswer(CompletenessAnswer):
    """Completeness of a kind of record in a language."""

    entity = serializers.CharField()
    locale = serializers.CharField()

    class Meta:
        ref_name = "TranslationKindReport"


class ReportAnswer(serializers.Serializer[Any]):
    """Completeness of every kind in every language."""

    results = KindAnswer(many=True)

    class Meta:
        ref_name = "TranslationReport"


class LackingRecord(serializers.Serializer[Any]):
    """A record that lacks something."""

    record_id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]  # likewise

    class Meta:
        ref_name = "TranslationLackingRecord"


class LackingAnswer(serializers.Serializer[Any]):
    """The first hundred such records."""

    results = LackingRecord(many=True)
    has_more = serializers.BooleanField()

    class Meta:
        ref_name = "TranslationLacking"


def shown_texts(found: RecordTexts) -> dict[str, Any]:
    """A record's texts as plain values."""
    return {
        "entity": found.entity,
        "record_id": str(found.record_id),
        "default_locale": found.languages.default,
        "base": dict(found.base),
        "translations": {
            locale: {name: {"value": text.value, "is_outdated": text.is_outdated} for name, text in texts.items()}
            for locale, texts in sorted(found.texts.items())
            if locale in found.languages.others
        },
        "completeness": {locale: _figures(found.done(locale)) for locale in found.languages.others},
        "states": {locale: found.state(locale) for locale in found.languages.others},
    }


def _figures(done: Any) -> dict[str, int]:
    names = ("total", "translated", "outdated", "missing", "percent")
    return {name: getattr(done, name) for name in names}


def shown_languages(found: Languages) -> dict[str, Any]:
    """Languages as plain values."""
    return {"default_locale": found.default, "locales": list(found.others)}


def shown_report(item: KindReport) -> dict[str, Any]:
    """One line of the report."""
    return {"entity": item.entity, "locale": item.locale, **_figures(item.done)}


def shown_lacking(item: Lacking) -> dict[str, Any]:
    """One record that lacks something."""
    return {"record_id": str(item.record_id), "label": item.label, "fields": list(item.fields)}
