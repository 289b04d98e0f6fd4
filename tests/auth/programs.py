"""API keys for tests, and programs that call the REST interface with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.test import Client

from apps.auth.models import ApiKey, User
from apps.auth.services.key_access import access_of_key
from apps.auth.services.keys import IssuedKey, create_api_key
from apps.kernel.tenancy.scope import Actor, ActorKind, using_scope
from tests.auth.factories import acting_as, reading_in, system
from tests.support.scopes import House

KEYS = "/api/auth/api_keys/"
MANAGES = ("auth.api_keys.manage",)
KEY_TABLES = ("staff_api_key", "staff_api_key_role", "staff_api_key_secret")


def make_key(house: House, *features: str, **values: Any) -> IssuedKey:
    """A key of the system itself, which nobody answers for; everywhere unless `organization_ids` says where."""
    given = {"name": "Shop", "organization_ids": None, **values}
    with using_scope(system(house)):
        return create_api_key(features=features, **given)


def key_of(house: House, owner: User, *features: str, **values: Any) -> IssuedKey:
    """A key that a user has made."""
    with acting_as(house, owner):
        return create_api_key(features=features, **{"name": "Shop", **values})


def program(secret: str, **headers: str) -> Client:
    """A program that sends the key with each request."""
    return Client(headers={"X-Api-Key": secret, **headers})


@contextmanager
def acting_as_key(house: House, key: ApiKey) -> Iterator[None]:
    """Run commands as the key, with the access that it has now."""
    with reading_in(house):
        access = access_of_key(key.pk)
    actor = Actor(ActorKind.API_KEY, key.pk, key.name, access)
    with using_scope(replace(house.scope(), actor=actor)):
        yield


def at(key: ApiKey, action: str = "") -> str:
    """Address of a key in the REST interface."""
    return f"{KEYS}{key.pk}/{action}"


def stored(house: House, key: ApiKey) -> ApiKey:
    """The key as it is in the database now."""
    with reading_in(house):
        found: ApiKey = ApiKey.objects.get(pk=key.pk)
    return found
