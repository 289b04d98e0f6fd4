"""Values of a dictionary: adding, changing, marking the default, deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.dictionaries.calculations import normalized, tidy
from apps.dictionaries.features import MANAGE
from apps.dictionaries.models import DictionaryEntry
from apps.dictionaries.services.dictionaries import new_dictionary
from apps.dictionaries.services.loading import demand_unused, entry_for_update, hold_entries, parent_for
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import Scope

FIELDS = ("value", "label", "color", "icon", "tone")


def _new_entry(scope: Scope) -> dict[str, Any]:
    return {"dictionary_id": new_dictionary(scope).pk, "value": "fair", "label": "Trade fair", "color": "#0A7F5A"}


def new_entry(scope: Scope) -> DictionaryEntry:
    """A value for examples."""
    return create_entry(**_new_entry(scope))


def _some_entry(scope: Scope) -> dict[str, Any]:
    return {"entry_id": new_entry(scope).pk}


def _changed_entry(scope: Scope) -> dict[str, Any]:
    return {**_some_entry(scope), "value": "trade fair", "tone": "success", "is_default": True}


@command("dictionaries.entry.create", feature=MANAGE, example=_new_entry)
def create_entry(
    *,
    dictionary_id: UUID,
    value: str,
    label: str = "",
    color: str = "",
    icon: str = "",
    tone: str = "neutral",
    is_default: bool = False,
) -> DictionaryEntry:
    """Add a value at the end of a dictionary; without a label it is shown as it is.

    Raises InvalidInput, DictionaryInherited, Duplicate.
    """
    dictionary = parent_for(dictionary_id)
    entry = DictionaryEntry(dictionary=dictionary, value=tidy(value), color=color, icon=icon, tone=tone)
    entry.label, entry.is_default = tidy(label) or entry.value, is_default
    _demand_sound(entry)
    entry.position = _next_position(dictionary.pk)
    if is_default:
        _unmark(dictionary.pk)
    entry.save(force_insert=True)
    return entry


@command("dictionaries.entry.update", feature=MANAGE, example=_changed_entry)
def update_entry(
    entry_id: UUID,
    *,
    value: str | None = None,
    label: str | None = None,
    color: str | None = None,
    icon: str | None = None,
    tone: str | None = None,
    is_default: bool | None = None,
    dictionary_id: UUID | None = None,
) -> DictionaryEntry:
    """Change what is given; None leaves a field as it is, and `dictionary_id` may only repeat what it was.

    Records that point to the value show it as it is now. Raises RowNotFound, DictionaryInherited, InvalidInput,
    Duplicate.
    """
    entry = entry_for_update(entry_id)
    more = _moved_complaints(entry, dictionary_id)
    for field, given in {"value": value, "label": label, "color": color, "icon": icon, "tone": tone}.items():
        if given is not None:
            setattr(entry, field, tidy(given) if field in {"value", "label"} else given)
    entry.label = entry.label or entry.value
    _demand_sound(entry, more=more)
    if is_default is not None and is_default != entry.is_default:
        if is_default:
            _unmark(entry.dictionary_id)
        entry.is_default = is_default
    entry.save(update_fields=[*FIELDS, "normalized_value", "is_default", "version"])
    return entry


@command("dictionaries.entry.set_default", feature=MANAGE, example=_some_entry)
def set_default_entry(entry_id: UUID) -> DictionaryEntry:
    """Let new records begin with this value instead of the present one. Raises RowNotFound, DictionaryInherited."""
    entry = entry_for_update(entry_id)
    if not entry.is_default:
        _unmark(entry.dictionary_id)
        entry.is_default = True
        entry.save(update_fields=["is_default", "version"])
    return entry


@command("dictionaries.entry.delete", feature=MANAGE, example=_some_entry)
def delete_entry(entry_id: UUID) -> DictionaryEntry:
    """Hide a value that nothing points to. Raises RowNotFound, DictionaryInherited, EntryInUse with counts."""
    entry = entry_for_update(entry_id)
    hold_entries([entry.pk])
    demand_unused(entry.pk)
    retire(entry)
    return entry


def retire(entry: DictionaryEntry, *, into: UUID | None = None) -> None:
    """Hide the value; `into` is the one that took its place."""
    entry.deleted_at, entry.merged_into_id = clock.now(), into
    entry.save(update_fields=["deleted_at", "merged_into_id", "version"])


def _demand_sound(entry: DictionaryEntry, *, more: tuple[FieldError, ...] = ()) -> None:
    entry.normalized_value = normalized(entry.value)
    demand_valid(entry, FIELDS, more=more)
    others = DictionaryEntry.objects.filter(
        dictionary_id=entry.dictionary_id, normalized_value=entry.normalized_value, deleted_at__isnull=True
    )
    if others.exclude(pk=entry.pk).exists():
        text = _("The dictionary has this value already.")
        raise Duplicate(errors=(FieldError("value", Duplicate.code, text),), fields="value")


def _moved_complaints(entry: DictionaryEntry, dictionary_id: UUID | None) -> tuple[FieldError, ...]:
    if dictionary_id in {None, entry.dictionary_id}:
        return ()
    text = _("A value stays in its dictionary. Add it to the other one instead.")
    return (FieldError("dictionary_id", "dictionaries.entry.dictionary_fixed", text),)


def _next_position(dictionary_id: UUID) -> int:
    rows = DictionaryEntry.objects.filter(dictionary_id=dictionary_id, deleted_at__isnull=True)
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _unmark(dictionary_id: UUID) -> None:
    """Take the mark off the present default first: at no moment are there two."""
    rows = DictionaryEntry.objects.filter(dictionary_id=dictionary_id, deleted_at__isnull=True, is_default=True)
    for former in rows:
        former.is_default = False
        former.save(update_fields=["is_default", "version"])
