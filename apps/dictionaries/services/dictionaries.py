"""Dictionaries: adding, naming, switching on and off, deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dictionaries.calculations import USER_KEY, key_of, tidy
from apps.dictionaries.errors import DictionaryInUse, DictionaryProtected
from apps.dictionaries.features import MANAGE
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.dictionaries.selectors import total_usages
from apps.dictionaries.services.loading import dictionary_for_update, hold_entries, protecting
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.loading import hold_lock, keep_pointers_out
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import counted, release
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = ("key", "name", "description", "is_active", "sort_mode")
WHOLE_TENANT = "tenant"
ORGANIZATION = "organization"


def _new_dictionary(scope: Scope) -> dict[str, Any]:
    return {"name": "Sources", "key": f"sources-{uuid7().hex[-8:]}"}


def new_dictionary(scope: Scope) -> Dictionary:
    """A dictionary for examples."""
    return create_dictionary(**_new_dictionary(scope))


def _some_dictionary(scope: Scope) -> dict[str, Any]:
    return {"dictionary_id": new_dictionary(scope).pk}


def _changed_dictionary(scope: Scope) -> dict[str, Any]:
    return {**_some_dictionary(scope), "name": "Where customers come from", "sort_mode": "label_asc"}


@command("dictionaries.dictionary.create", feature=MANAGE, example=_new_dictionary)
def create_dictionary(
    *,
    name: str,
    key: str = "",
    description: str = "",
    sort_mode: str = "position",
    level: str = ORGANIZATION,
) -> Dictionary:
    """Add a dictionary to the organization, or to the whole tenant (`level="tenant"`). Without a key one is made.

    Raises OrganizationRequired, InvalidInput, Duplicate.
    """
    scope = current_scope()
    complaints = list(_level_complaints(level, scope))
    owner = None if level == WHOLE_TENANT or complaints else scope.writing_organization()
    hold_lock(f"dictionaries of {scope.tenant_id}")
    dictionary = Dictionary(name=tidy(name), key=key or key_of(name, taken=_keys_of(owner)), description=description)
    dictionary.sort_mode, dictionary.owner_id = sort_mode, owner
    demand_valid(dictionary, FIELDS, more=[*complaints, *_key_complaints(dictionary.key)])
    _demand_free(dictionary)
    dictionary.save(force_insert=True)
    return dictionary


@command("dictionaries.dictionary.update", feature=MANAGE, example=_changed_dictionary)
def update_dictionary(
    dictionary_id: UUID,
    *,
    name: str | None = None,
    key: str | None = None,
    description: str | None = None,
    sort_mode: str | None = None,
    is_active: bool | None = None,
) -> Dictionary:
    """Change what is given; None leaves a field as it is.

    Raises RowNotFound, DictionaryInherited, DictionaryProtected, InvalidInput, Duplicate.
    """
    dictionary = dictionary_for_update(dictionary_id)
    given = {"name": name, "description": description, "sort_mode": sort_mode, "key": key, "is_active": is_active}
    changes = {field: value for field, value in given.items() if value not in {None, getattr(dictionary, field)}}
    if dictionary.is_system and {"key", "is_active"} & set(changes):
        raise DictionaryProtected(name=dictionary.name)
    for field, value in changes.items():
        setattr(dictionary, field, tidy(str(value)) if field == "name" else value)
    demand_valid(dictionary, FIELDS, more=_key_complaints(dictionary.key) if "key" in changes else ())
    if "key" in changes:
        _demand_free(dictionary)
    dictionary.save(update_fields=[*changes, "version"])
    return dictionary


@command("dictionaries.dictionary.delete", feature=MANAGE, example=_some_dictionary)
def delete_dictionary(dictionary_id: UUID) -> Dictionary:
    """Hide a dictionary with its values.

    Raises RowNotFound, DictionaryInherited, DictionaryProtected, DictionaryInUse with counts.
    """
    dictionary = dictionary_for_update(dictionary_id)
    if dictionary.is_system:
        raise DictionaryProtected(name=dictionary.name)
    keep_pointers_out(dictionary)
    living = DictionaryEntry.objects.filter(dictionary_id=dictionary.pk, deleted_at__isnull=True)
    ids = list(living.order_by("pk").values_list("pk", flat=True))
    hold_entries(ids)
    if found := protecting(total_usages(ids)):
        raise DictionaryInUse(**counted(found))
    release(Dictionary.entity_id, [dictionary.pk])
    dictionary.deleted_at = clock.now()
    living.update(deleted_at=dictionary.deleted_at, updated_at=dictionary.deleted_at)
    dictionary.save(update_fields=["deleted_at", "version"])
    return dictionary


def _level_complaints(level: str, scope: Scope) -> list[FieldError]:
    if level not in {WHOLE_TENANT, ORGANIZATION}:
        return [
            FieldError("level", "invalid_choice", _("Choose one of: {levels}.").format(levels="organization, tenant"))
        ]
    if level == WHOLE_TENANT and scope.actor.access.organization_ids is not None:
        message = _("Only those who may work in every organization add dictionaries for all of them.")
        return [FieldError("level", "dictionaries.dictionary.level", message)]
    return []


def _key_complaints(key: str) -> list[FieldError]:
    if not key or USER_KEY.fullmatch(key):
        return []
    return [
        FieldError(
            "key",
            "dictionaries.dictionary.key",
            _("Use a–z, 0–9, hyphens and underscores; begin with a letter or a digit."),
        )
    ]


def _keys_of(owner: UUID | None) -> list[str]:
    rows = Dictionary.objects.filter(owner_id=owner, deleted_at__isnull=True)
    return list(rows.values_list("key", flat=True))


def _demand_free(dictionary: Dictionary) -> None:
    others = Dictionary.objects.filter(owner_id=dictionary.owner_id, key=dictionary.key, deleted_at__isnull=True)
    if others.exclude(pk=dictionary.pk).exists():
        text = _("There is a dictionary with this key already.")
        raise Duplicate(errors=(FieldError("key", Duplicate.code, text),), fields="key")
