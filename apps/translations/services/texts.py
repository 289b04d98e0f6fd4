"""Translations of one record: all of a language at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.commands.declarations import ANY_KIND, COMMANDS, command
from apps.kernel.commands.executor import execute
from apps.kernel.commands.loading import hold_lock
from apps.kernel.commands.running import label_of, running
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.translating.locales import canonical
from apps.translations.calculations import digest
from apps.translations.errors import LocaleNotHeld, TextsChanged
from apps.translations.features import MANAGE
from apps.translations.models import Translation
from apps.translations.selectors import (
    Languages,
    RecordTexts,
    base_texts,
    installed_kinds,
    languages,
    texts_of,
    translatable_record,
)

LONGEST = 20_000
Texts = Mapping[str, Mapping[str, str | None]]


def _some_record(scope: Scope) -> dict[str, Any]:
    """A record of the first kind that is translated and whose creation can be shown."""
    entity = next(kind for kind in installed_kinds() if f"{kind}.create" in COMMANDS)
    spec = COMMANDS[f"{entity}.create"]
    row = execute(spec, (), dict(spec.example(scope)) if spec.example else {})
    return {"entity": entity, "record_id": row.pk}


def _new_texts(scope: Scope) -> dict[str, Any]:
    found = _some_record(scope)
    with scoped_transaction():
        locale = languages().others[0]
        row = translatable_record(found["entity"], found["record_id"])
        field = next(name for name, text in base_texts(found["entity"], row).items() if text)
    return {**found, "translations": {locale: {field: "Inaczej"}}}


def _some_texts(scope: Scope) -> dict[str, Any]:
    texts = _new_texts(scope)
    set_translations(**texts)
    return {"entity": texts["entity"], "record_id": texts["record_id"], "locale": next(iter(texts["translations"]))}


@command("translations.translation.set", feature=MANAGE, resource=ANY_KIND, example=_new_texts)
def set_translations(
    *, entity: str, record_id: UUID, translations: Texts, states: Mapping[str, str] | None = None
) -> RecordTexts:
    """Set all texts of the record in each language that is named; a text that is left out, empty or None goes.

    Every text counts as made from what stands in the record now. `states` holds by language what the caller has seen
    (`RecordTexts.state`); without it nobody is asked. Three statements at most. Raises RowNotFound, RecordReadOnly,
    LocaleNotHeld, InvalidInput with all complaints, TextsChanged.
    """
    row = _record(entity, record_id)
    spoken = languages()
    _demand_sound(entity, translations, spoken)
    if states:
        _demand_unchanged(texts_of(entity, row), translations, states)
    base = base_texts(entity, row)
    wanted = {
        (str(canonical(tag)), name): text.strip()
        for tag, texts in translations.items()
        for name, text in texts.items()
        if text and text.strip()
    }
    _store(entity, record_id, {str(canonical(tag)) for tag in translations}, wanted=wanted, base=base)
    return texts_of(entity, row)


@command("translations.translation.delete", feature=MANAGE, resource=ANY_KIND, example=_some_texts)
def delete_translations(*, entity: str, record_id: UUID, locale: str = "") -> None:
    """Take the record's texts in a language away, in every language without one. Raises RowNotFound."""
    _record(entity, record_id)
    rows = Translation.objects.filter(entity=entity, record_id=record_id)
    (rows.filter(locale=canonical(locale) or locale) if locale else rows).delete()


def _record(entity: str, record_id: UUID) -> Any:
    """The record that is translated; the history tells of it as of a change of the record."""
    hold_lock(f"translations of {record_id}")
    row = translatable_record(entity, record_id)
    ENTITIES[entity].demand_changeable(row)
    resource = running().resource
    resource.entity, resource.id, resource.label = entity, row.pk, label_of(row)
    return row


def _store(
    entity: str, record_id: UUID, locales: set[str], *, wanted: Mapping[tuple[str, str], str], base: Mapping[str, str]
) -> None:
    rows = Translation.objects.filter(entity=entity, record_id=record_id, locale__in=locales)
    present = {(row.locale, row.field): row for row in rows}
    gone = [row.pk for key, row in present.items() if key not in wanted]
    if gone:
        Translation.objects.filter(pk__in=gone).delete()
    changed = [row for key, row in present.items() if key in wanted and _take(row, wanted[key], base[row.field])]
    Translation.objects.bulk_update(changed, ["value", "source_digest", "updated_at"])
    Translation.objects.bulk_create(
        [
            Translation(
                entity=entity,
                record_id=record_id,
                locale=locale,
                field=name,
                value=text,
                source_digest=digest(base[name]),
            )
            for (locale, name), text in wanted.items()
            if (locale, name) not in present
        ]
    )


def _take(row: Translation, text: str, base: str) -> bool:
    """Let the row hold the text, and say whether that changes anything."""
    if (row.value, row.source_digest) == (text, digest(base)):
        return False
    row.value, row.source_digest, row.updated_at = text, digest(base), clock.now()
    return True


def _demand_unchanged(found: RecordTexts, translations: Texts, states: Mapping[str, str]) -> None:
    if strange := states.keys() - translations.keys():
        message = _("No texts are given in this language.")
        raise InvalidInput(errors=tuple(FieldError(f"states.{tag}", "unknown", message) for tag in sorted(strange)))
    changed = [tag for tag, state in states.items() if found.state(str(canonical(tag))) != state]
    if changed:
        raise TextsChanged(locales=", ".join(changed))


def _demand_sound(entity: str, translations: Texts, spoken: Languages) -> None:
    unheld = [tag for tag in translations if canonical(tag) not in spoken.others]
    if unheld:
        known = ", ".join(spoken.others) or "–"
        message = str(LocaleNotHeld.message).format(locales=known)
        complaints = tuple(FieldError(f"translations.{tag}", LocaleNotHeld.code, message) for tag in unheld)
        raise LocaleNotHeld(errors=complaints, locales=known)
    complaints = tuple(_complaints(entity, translations))
    if complaints:
        raise InvalidInput(errors=complaints)


def _complaints(entity: str, translations: Texts) -> Iterator[FieldError]:
    limits = _limits(entity)
    for tag, texts in translations.items():
        for name, text in texts.items():
            place = f"translations.{tag}.{name}"
            if name not in limits:
                yield FieldError(place, "unknown", _("There is no such field."))
            elif text is not None and len(text.strip()) > limits[name]:
                message = _("Ensure this field has no more than {most} characters.").format(most=limits[name])
                yield FieldError(place, "max_length", message)
            elif text is not None and "\0" in text:
                yield FieldError(place, "null_characters_not_allowed", _("Null characters are not allowed."))


def _limits(entity: str) -> dict[str, int]:
    """The longest text of each field: as long as the record's own may be."""
    model = ENTITIES[entity].model
    names = base_texts(entity, model())
    return {name: getattr(model._meta.get_field(name), "max_length", None) or LONGEST for name in names}
