"""The banks for tests of fetching."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.currencies.services.fetching.documents import PUBLIC
from apps.kernel import clock
from tests.currencies.banks import Banks

NOW = datetime(2026, 3, 6, 18, tzinfo=UTC)


@pytest.fixture
def banks(settings: Any) -> Iterator[Banks]:
    """The banks, on a Friday evening; the local network plays the public internet."""
    served = Banks()
    settings.DEBUG = settings.OUTBOUND_ALLOW_PRIVATE = True
    settings.CURRENCIES_ECB_URL = f"{served.address}/ecb"
    settings.CURRENCIES_NBP_URL = f"{served.address}/nbp"
    PUBLIC.clear()
    with clock.frozen(NOW) as served.clock:
        yield served
    served.close()
