"""What dictionaries add to pages: the tab of a dictionary's values."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.dictionaries.features import VIEW
from apps.dictionaries.models import Dictionary
from apps.kernel.extensions.tabs import RecordTab, record_tab


def values_of(dictionary: Dictionary) -> str:
    """Where its values are arranged."""
    return reverse("admin:dictionaries_dictionary_values", args=[dictionary.pk])


record_tab(RecordTab("dictionaries.values", _("Values"), Dictionary.entity_id, values_of, features=(VIEW,)))
