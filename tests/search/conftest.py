"""The index follows its records in these tests, as it does in a house."""

from __future__ import annotations

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def follows(settings: LazySettings) -> None:
    """Switch the subscribers of the search on."""
    settings.EXTENSIONS_DISABLED = []
