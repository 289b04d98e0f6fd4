"""Values, commands and rows in the words of people, for pages."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.kernel.commands.history.wording import (
    MASK,
    NOTHING,
    command_words,
    field_label,
    kind_words,
    module_label,
    plain_text,
    value_text,
)

__all__ = [
    "MASK",
    "NOTHING",
    "command_words",
    "field_label",
    "in_lines",
    "kind_words",
    "module_label",
    "plain_text",
    "value_text",
]


def in_lines(words: str) -> SafeString | str:
    """Words of a page that is only read, with their line breaks; "" for none, where the page writes its dash."""
    return format_html('<span class="ag-lines">{}</span>', words) if words and words != NOTHING else ""
