"""Asking what an extension declares beside what it draws: where it fails, that is logged and something else stands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)
R = TypeVar("R")


def said(extension: str, ask: Callable[[], R], *, otherwise: R) -> R:
    """What the extension answers, `otherwise` where it fails."""
    try:
        return ask()
    except Exception:
        logger.exception("extension failed", extra={"extension": extension})
        return otherwise
