"""The word for "leave this as it is", where None is a value of its own."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Unchanged(Enum):
    """Its only member stands for an argument that was not given."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
