"""Dictionaries that modules need, given to the tenant."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.dictionaries.calculations import normalized, tidy
from apps.dictionaries.contracts import SYSTEM_DICTIONARIES, SystemDictionary
from apps.dictionaries.features import MANAGE
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.directory.contracts import TenantBook
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope


@command(
    "dictionaries.dictionary.seed",
    feature=MANAGE,
    bulk=True,
    undoable=False,
    undo_reason=_("modules need these dictionaries."),
)
def seed_system_dictionaries() -> int:
    """Give the tenant the dictionaries that modules declare, as far as it lacks them, and say how many values came.

    A dictionary that is there keeps its name and its order, and a value that was ever there, deleted or merged since,
    does not come back. Two queries and two statements for all of them.
    """
    hold_lock(f"dictionaries of {current_scope().tenant_id}")
    declared = SYSTEM_DICTIONARIES.values()
    rows = Dictionary.objects.filter(owner_id__isnull=True, is_system=True, key__in=[item.key for item in declared])
    present = {row.key: row for row in rows}
    with translation.override(service(TenantBook).profile().locale):
        created = Dictionary.objects.bulk_create([_row(item) for item in declared if item.key not in present])
        present |= {row.key: row for row in created}
        known = _known(present)
        fresh = [entry for item in declared for entry in _missing(item, present[item.key], known)]
    DictionaryEntry.objects.bulk_create(fresh)
    return len(fresh)


def _known(present: dict[str, Dictionary]) -> dict[object, dict[str, int]]:
    """Normalized values that each dictionary ever had, and their positions."""
    found: dict[object, dict[str, int]] = {}
    ids = [row.pk for row in present.values()]
    for parent, value, position in DictionaryEntry.objects.filter(dictionary_id__in=ids).values_list(
        "dictionary_id", "normalized_value", "position"
    ):
        found.setdefault(parent, {})[value] = position
    return found


def _row(item: SystemDictionary) -> Dictionary:
    return Dictionary(
        key=item.key,
        name=str(item.name),
        description=str(item.description),
        sort_mode=item.sort_mode,
        is_system=True,
    )


def _missing(
    item: SystemDictionary, dictionary: Dictionary, known: dict[object, dict[str, int]]
) -> list[DictionaryEntry]:
    """Values that the dictionary never had; the default is set with a new dictionary only."""
    held = known.get(dictionary.pk, {})
    start = max(held.values(), default=-1) + 1
    drafts = [draft for draft in item.entries if normalized(draft.value) not in held]
    return [
        DictionaryEntry(
            dictionary=dictionary,
            value=tidy(draft.value),
            normalized_value=normalized(draft.value),
            label=str(draft.label) or tidy(draft.value),
            color=draft.color,
            icon=draft.icon,
            tone=draft.tone,
            is_default=draft.is_default and not held,
            position=start + place,
        )
        for place, draft in enumerate(drafts)
    ]
