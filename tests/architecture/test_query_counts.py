"""What each operation of a resource costs in queries, frozen in query_counts.json."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.api.schema.document import document
from tests.auth.factories import PASSWORD, make_role, make_user
from tests.events.factories import dead_letters
from tests.notifications.letters import declared, queue
from tests.progress.factories import open_job
from tests.support.scopes import House

FILE = Path(__file__).with_name("query_counts.json")
RENEW = "if the new figures are meant: AGORA_RENEW_COUNTS=1 pytest tests/architecture/test_query_counts.py"
JSON = "application/json"
# Bodies of creation and of change, by resource; a new resource that is written needs a line here.
BODIES: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None]] = {
    "/api/auth/api_keys/": ({"name": "Till", "features": ["currencies.view"]}, {"name": "Till 2"}),
    "/api/auth/roles/": ({"name": "Clerks"}, {"name": "Clerks 2"}),
    "/api/auth/users/": ({"name": "Carol", "email": "carol@example.org"}, {"name": "Carol C."}),
    "/api/currencies/currencies/": ({"code": "CHF"}, {"name": "Franc"}),
    "/api/currencies/exchange-rates/": (
        {"from_code": "EUR", "to_code": "PLN", "rate": "4.25", "effective_on": "2026-11-20"},
        {"rate": "4.26"},
    ),
    "/api/currencies/fetch-configs/": ({"provider": "nbp"}, {"fetch_at": "06:30"}),
    "/api/directory/organizations/": ({"name": "West"}, {"name": "Far West"}),
    "/api/directory/tenants/": (None, {"name": "Acme 2"}),  # only the platform makes tenants
}
SOMETHING: dict[str, list[dict[str, Any]]] = {
    "/api/currencies/currencies/": [{"code": "EUR"}, {"code": "PLN"}],
    "/api/currencies/exchange-rates/": [
        {"from_code": "EUR", "to_code": "PLN", "rate": "4.2", "effective_on": f"2026-11-{day}"} for day in (18, 19)
    ],
    "/api/currencies/fetch-configs/": [{"provider": "ecb"}],
    "/api/currencies/fetch-rates/": [{"provider": "ecb"}, {"provider": "nbp"}],
    "/api/auth/api_keys/": [{"name": "Shop", "features": ["currencies.view"]}, {"name": "Desk"}],
    "/api/auth/roles/": [{"name": "Buyers"}],
}


def resources() -> list[str]:
    """Addresses of lists that have details, without what only tests serve."""
    paths = document("en")["paths"]
    return sorted(
        path
        for path, item in paths.items()
        if "get" in item and f"{path}{{id}}/" in paths and "shelf" not in path and "get" in paths[f"{path}{{id}}/"]
    )


@pytest.fixture
def alice(house: House) -> Iterator[Client]:
    everything = make_role(house, name="Everything", is_super_admin=True)
    user = make_user(house, email="alice@example.org", name="Alice", roles=(everything,))
    opened = Client().post(
        "/api/auth/session/", {"email": "alice@example.org", "password": PASSWORD}, content_type=JSON
    )
    headers = {"Authorization": f"Bearer {opened.json()['access']}", "X-Organization-Id": str(house.north.pk)}
    client = Client(headers=headers)
    dead_letters(house, 1, 2, place=house.north)
    with declared():
        for address in ("ada@example.org", "bob@example.org"):
            queue(house, scope=house.scope(house.north), to=address)
        for name in ("Export", "Import"):
            open_job(house, user, name=name)
        for path, bodies in SOMETHING.items():
            for body in bodies:
                assert client.post(path, body, content_type=JSON).status_code in {201, 202}
        client.get("/api/notifications/mails/")
        yield client


def cost(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Queries that the request took, and its answer."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, path, "" if body is None else json.dumps(body), content_type=JSON)
    assert answer.status_code < 300, (method, path, answer.content)
    return len(captured), answer


def costs_of(client: Client, path: str) -> dict[str, int]:
    """What the operations of a resource cost, each at its second call, when what is kept between calls is there."""
    operations = document("en")["paths"]
    one, found = f"{path}{{id}}/", {}
    cost(client, "GET", path)
    found["list"], listed = cost(client, "GET", path)
    record = listed.json()["results"][0]["id"]
    cost(client, "GET", f"{path}{record}/")
    found["detail"], _answer = cost(client, "GET", f"{path}{record}/")
    made, changed = BODIES.get(path, (None, None))
    if made is not None:
        found["create"], answer = cost(client, "POST", path, made)
        record = answer.json()["id"]
    if changed is not None:
        found["update"], answer = cost(client, "PATCH", f"{path}{record}/", changed)
        record = answer.json()["id"]  # a correction is another record
    if "delete" in operations[one]:
        found["delete"], _answer = cost(client, "DELETE", f"{path}{record}/")
    return found


def test_every_operation_costs_as_many_queries_as_is_written(alice: Client) -> None:
    found = {path: costs_of(alice, path) for path in resources()}
    if os.environ.get("AGORA_RENEW_COUNTS"):
        FILE.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    assert found == json.loads(FILE.read_text()), RENEW
    assert len(found) >= 8


def test_a_list_costs_the_same_whatever_the_size_of_the_page(alice: Client) -> None:
    for path in resources():
        cost(alice, "GET", path)
        (small, _), (large, _) = (cost(alice, "GET", f"{path}?count=none&page_size={size}") for size in (1, 50))
        assert small == large, path


def test_resources_that_are_written_have_bodies_here() -> None:
    paths = document("en")["paths"]
    written = {path for path in resources() if "post" in paths[path] or "patch" in paths[f"{path}{{id}}/"]}
    assert written == set(BODIES)
