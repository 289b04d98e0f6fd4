"""Fixtures of the back office tests: signed-in browsers of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.auth.models import User
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House

BACKEND = "apps.auth.backends.StaffBackend"
LogIn = Callable[..., Client]


def signed_in(user: User) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def log_in(house: House) -> LogIn:
    """Sign somebody in who holds exactly the given features."""

    def sign_in(*features: str, name: str = "Bob", organization: bool = True) -> Client:
        home = house.root.pk if organization else None
        user = make_user(house, name=name, roles=(make_role(house, *features),), home_organization_id=home)
        client = signed_in(user)
        client.user = user  # type: ignore[attr-defined]
        return client

    return sign_in


@pytest.fixture
def alice(log_in: LogIn) -> Client:
    """Somebody who may do everything."""
    return log_in("*", name="Alice")
