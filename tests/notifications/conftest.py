"""Fixtures of the tests: probe templates and kinds, people, and a mail server that the settings point to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apps.auth.models import User
from tests.directory.callers import member
from tests.notifications import letters, notices
from tests.notifications.smtp_server import MailServer, mail_server
from tests.support.scopes import House


@pytest.fixture(autouse=True)
def templates() -> Iterator[None]:
    """Declare the probe templates and kinds of notification."""
    with letters.declared(), notices.declared():
        yield


@pytest.fixture
def bob(house: House) -> User:
    """Somebody without any permission."""
    return member(house, name="Bob")


@pytest.fixture
def carol(house: House) -> User:
    """Somebody else without any permission."""
    return member(house, name="Carol")


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    """A mail server, used by everything that the test sends."""
    with mail_server() as found:
        letters.use(settings, found.url, EMAIL_TIMEOUT=2)
        yield found
