"""Everything that is wrong with a user is said at once, also what only the database knows."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tests.auth.factories import GRANT_TABLES, MANAGING, make_user
from tests.directory.callers import client_of, complaints, member, send
from tests.support.digests import digest
from tests.support.scopes import House

USERS = "/api/auth/users/"
WRONG = {"email": "none", "locale": "xx", "time_zone": "Mars", "name": "Ada"}
SAID = {
    "email": "invalid",
    "locale": "auth.user.locale",
    "time_zone": "auth.user.time_zone",
    "home_organization_id": "kernel.reference.unknown",
    "roles": "kernel.reference.unknown",
}


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, *MANAGING, name="Manager"))


def test_a_new_user_hears_all_of_it(manager: Client) -> None:
    before = digest(*GRANT_TABLES)
    body = {**WRONG, "home_organization_id": str(uuid4()), "roles": [str(uuid4())], "password": "x" * 130}
    answer = send(manager, "post", USERS, body)
    assert (answer.status_code, complaints(answer)) == (400, {**SAID, "password": "password_too_long"})
    assert digest(*GRANT_TABLES) == before


def test_a_changed_user_hears_all_of_it(house: House, manager: Client) -> None:
    user = make_user(house)
    before = digest(*GRANT_TABLES)
    body = {**WRONG, "home_organization_id": str(uuid4()), "roles": [str(uuid4())]}
    answer = send(manager, "patch", f"{USERS}{user.pk}/", body)
    assert (answer.status_code, complaints(answer)) == (400, SAID)
    assert digest(*GRANT_TABLES) == before
