"""Languages in the words of people."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from django.utils import translation


def language_words(tag: str) -> str:
    """The language in the reader's own: `Portuguese (Brazil)`; the tag itself where CLDR does not know it."""
    try:
        reader = Locale.parse((translation.get_language() or "en").replace("-", "_"))
        words = Locale.parse(tag.replace("-", "_")).get_display_name(reader)
    except (UnknownLocaleError, ValueError):
        return tag
    return f"{words[:1].upper()}{words[1:]}" if words else tag
