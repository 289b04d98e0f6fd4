"""The language and the time zone of whoever asks: kept with what a worker does for them later, and spoken there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.utils import timezone, translation

LANGUAGE: Final = "language"
ZONE: Final = "time_zone"


def current_manners() -> dict[str, str]:
    """Language and time zone of now, as JSON."""
    return {
        LANGUAGE: translation.get_language() or settings.LANGUAGE_CODE,
        ZONE: timezone.get_current_timezone_name(),
    }


@contextmanager
def in_manners(kept: Mapping[str, Any]) -> Iterator[None]:
    """Read and write in what was kept for the block; in the house's own where nothing was."""
    language, zone = kept.get(LANGUAGE, settings.LANGUAGE_CODE), kept.get(ZONE, settings.TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        yield
