"""The word for "leave this as it is", where None is a value of its own."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from django.db import models


class Unchanged(Enum):
    """Its only member stands for an argument that was not given."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


def set_given(row: models.Model, **values: Any) -> list[str]:
    """Set those columns whose values were given; their names, for `save(update_fields=…)`."""
    changed = [name for name, value in values.items() if value is not UNCHANGED]
    for name in changed:
        setattr(row, name, values[name])
    return changed
