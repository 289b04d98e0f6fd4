"""How large the prove tests are: AGORA_PROVE_SIZE is `small` (CI) or `full`."""

from __future__ import annotations

import os

IS_FULL = os.environ.get("AGORA_PROVE_SIZE", "small") == "full"


def size(small: int, full: int) -> int:
    """The number for this run."""
    return full if IS_FULL else small
