"""A dictionary for demonstrations: where customers come from."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from apps.dictionaries.services.dictionaries import WHOLE_TENANT, create_dictionary
from apps.dictionaries.services.entries import create_entry

KEY = "sources"


def add_sample(locale: str) -> None:
    """Add the dictionary with its values, for the whole tenant, in the language given."""
    with translation.override(locale):
        name = _("Where customers come from")
        dictionary = create_dictionary(name=name, key=KEY, level=WHOLE_TENANT)
        for value, label, color, icon in (
            ("fair", _("Trade fair"), "#B45309", "storefront"),
            ("recommendation", _("Recommendation"), "#0A7F5A", "handshake"),
            ("website", _("Website"), "#1D4ED8", "language"),
            ("call", _("Phone call"), "#7C3AED", "call"),
        ):
            create_entry(dictionary_id=dictionary.pk, value=value, label=label, color=color, icon=icon)
