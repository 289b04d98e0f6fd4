"""Whoever works with files in these tests; the files lie in a folder of the test's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.auth.models import User
from tests.directory.callers import client_of, member
from tests.support.scopes import House


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bob(house: House) -> User:
    """Somebody who changes currencies, and with them their files."""
    return member(house, "currencies.manage", "currencies.view")


@pytest.fixture
def client(house: House, bob: User) -> Client:
    """Bob's client, in North."""
    return client_of(bob, organization=house.north)
