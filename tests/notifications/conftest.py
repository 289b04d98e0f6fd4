"""Fixtures of the mail tests: the probe templates, and a mail server that the settings point to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications import letters
from tests.notifications.smtp_server import MailServer, mail_server


@pytest.fixture(autouse=True)
def templates() -> Iterator[None]:
    """Declare the probe templates."""
    with letters.declared():
        yield


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    """A mail server, used by everything that the test sends."""
    with mail_server() as found:
        letters.use(settings, found.url, EMAIL_TIMEOUT=2)
        yield found
