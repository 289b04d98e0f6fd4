"""Back office pages of dictionaries and their values."""

from apps.dictionaries.admin.dictionaries import DictionaryPage
from apps.dictionaries.admin.entries import EntryPage

__all__ = ["DictionaryPage", "EntryPage"]
