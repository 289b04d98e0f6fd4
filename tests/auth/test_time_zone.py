"""Pages show times in the user's zone; the REST interface speaks UTC whoever asks."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from tests.auth.factories import make_role, make_user
from tests.directory.callers import client_of, send
from tests.support.scopes import House

CURRENCIES, START, KEYS = "/api/currencies/currencies/", "/backend/", "/backend/auth/apikey/add/"


def somebody(house: House, zone: str) -> Client:
    role = make_role(house, "currencies.*", "audit_logs.*", "auth.api_keys.*")
    return client_of(make_user(house, roles=(role,), time_zone=zone), organization=house.root)


def test_each_reads_in_their_own_zone(house: House) -> None:
    tokyo, utc = somebody(house, "Asia/Tokyo"), somebody(house, "UTC")
    for client, code in ((tokyo, "EUR"), (utc, "USD")):
        assert send(client, "post", CURRENCIES, {"code": code}).status_code == 201
    for client, offset in ((tokyo, "+09:00"), (utc, "+00:00"), (tokyo, "+09:00")):
        assert f'{offset}" title=' in client.get(START).content.decode()
        rows: Any = client.get(CURRENCIES).json()["results"]
        assert all(row["created_at"].endswith("Z") for row in rows)


def test_a_time_is_taken_in_the_same_zone(house: House) -> None:
    tokyo = somebody(house, "Asia/Tokyo")
    page = tokyo.get(KEYS).content.decode()
    assert "In your time zone." in page
    [once] = re.findall(r'name="once" value="(\w+)"', page)
    given = {"name": "Shop", "features": ["currencies.view"], "everywhere": "on", "once": once}
    assert tokyo.post(KEYS, {**given, "expires_at": "2036-05-01T09:00"}).status_code == 200
    [key] = tokyo.get("/api/auth/api_keys/").json()["results"]
    assert key["expires_at"] == "2036-05-01T00:00:00Z"
