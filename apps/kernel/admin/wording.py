"""Values, commands and rows in the words of people, for pages."""

from __future__ import annotations

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
    "kind_words",
    "module_label",
    "plain_text",
    "value_text",
]
