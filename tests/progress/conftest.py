"""Whoever asks for long jobs in these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from apps.auth.models import User
from apps.progress.services.hearing import EARS
from tests.directory.callers import client_of, member
from tests.support.scopes import House


@pytest.fixture(autouse=True)
def _fresh_ears() -> Iterator[None]:
    """Each test hears of its jobs for the first time."""
    EARS.reset()
    yield
    EARS.reset()


@pytest.fixture
def bob(house: House) -> User:
    """Somebody without any permission."""
    return member(house)


@pytest.fixture
def browser(bob: User) -> Client:
    """Bob's client."""
    return client_of(bob)
