"""A test client that is signed in: a real session row behind a real cookie, without the cost of a password."""

from __future__ import annotations

from django.test import Client

from apps.auth.models import User

BACKEND = "apps.auth.backends.StaffBackend"


def signed_in(user: User) -> Client:
    """A browser in which the user has signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client
