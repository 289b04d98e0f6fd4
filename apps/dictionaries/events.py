"""Events of the dictionaries module, beside those that every kind of record has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.dictionaries.contracts import DictionaryReordered, EntryMerged
from apps.kernel.eventbus.declarations import event

ENTRY_MERGED = event("dictionaries.entry.merged", payload=EntryMerged, label=_("Value merged into another one"))
DICTIONARY_REORDERED = event(
    "dictionaries.dictionary.reordered", payload=DictionaryReordered, label=_("Values of a dictionary rearranged")
)
