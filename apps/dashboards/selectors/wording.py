"""What rows have in common, in the reader's words: choices, claims, references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.kernel.commands.history.labels import RecordLabels, target_of
from apps.kernel.commands.history.wording import value_text

NOTHING = "—"


def keys_in_words(field: Any, keys: Iterable[Any]) -> dict[Any, str]:
    """What rows have in common, in words; one query where it is a reference."""
    wanted, labels = list(dict.fromkeys(keys)), RecordLabels()
    if target := target_of(field):
        labels.fetch((target, key) for key in wanted)
    return {key: NOTHING if key is None else value_text(field, key, labels) for key in wanted}
