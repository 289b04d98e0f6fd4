"""Fixtures of the tests of webhooks: the ledger listens, and a server plays the receivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.kernel import clock
from tests.webhooks.receivers import Receiver

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def listening(settings: Any) -> None:
    """The ledger hears what happens, which other tests have switched off."""
    settings.EXTENSIONS_DISABLED = [item for item in settings.EXTENSIONS_DISABLED if item != "webhooks.ledger"]


@pytest.fixture
def noon() -> Iterator[clock.FrozenClock]:
    """The clock stands at noon until a test moves it on."""
    with clock.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver of webhooks; the local network plays the public internet."""
    settings.DEBUG = settings.OUTBOUND_ALLOW_PRIVATE = True
    served = Receiver()
    yield served
    served.close()
