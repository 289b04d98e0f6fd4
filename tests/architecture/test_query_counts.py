"""What each operation of a resource costs in queries, frozen in query_counts.json."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel import clock
from apps.kernel.api.schema.document import document
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope
from tests.auth.factories import PASSWORD, make_role, make_user
from tests.dictionaries.factories import make_dictionary
from tests.events.factories import dead_letters
from tests.matrix.records import creation, make, subject
from tests.matrix.routes import all_routes
from tests.notifications.letters import declared, queue
from tests.notifications.notices import make_notification
from tests.progress.factories import open_job
from tests.support.scopes import House
from tests.webhooks.factories import ledger_rows

FILE = Path(__file__).with_name("query_counts.json")
RENEW = "if the new figures are meant: AGORA_RENEW_COUNTS=1 pytest tests/architecture/test_query_counts.py"
JSON = "application/json"
Bodies = dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None]]
# Bodies of creation and of change, by resource, where the examples of its commands are not meant.
BODIES: Bodies = {
    "/api/attachments/": (None, {"name": "b.txt"}),  # new ones come in forms
    "/api/auth/api_keys/": ({"name": "Till", "features": ["currencies.view"]}, {"name": "Till 2"}),
    "/api/auth/roles/": ({"name": "Clerks"}, {"name": "Clerks 2"}),
    "/api/auth/users/": ({"name": "Carol", "email": "carol@example.org"}, {"name": "Carol C."}),
    "/api/currencies/currencies/": ({"code": "CHF"}, {"name": "Franc"}),
    "/api/currencies/exchange-rates/": (
        {"from_code": "EUR", "to_code": "PLN", "rate": "4.25", "effective_on": "2026-11-20"},
        {"rate": "4.26"},
    ),
    "/api/currencies/fetch-configs/": ({"provider": "nbp"}, {"fetch_at": "06:30"}),
    "/api/dictionaries/dictionaries/": ({"name": "Titles"}, {"name": "Forms of address"}),
    "/api/dictionaries/entries/": (None, {"label": "Fair"}),  # a new one names its dictionary
    "/api/entities/types/": ({"key": "car", "label": "Car"}, {"label": "Vehicle"}),
    "/api/directory/organizations/": ({"name": "West"}, {"name": "Far West"}),
    "/api/directory/tenants/": (None, {"name": "Acme 2"}),  # only the platform makes tenants
    "/api/entities/definitions/": (
        {"entity": "currencies.currency", "key": "size", "label": "Size", "kind": "integer"},
        {"label": "Width"},
    ),
}
# Work of the caller's own, with a short list that has no pages; tests/kernel/test_imports_api.py asks it.
NO_RESOURCES = frozenset({"/api/imports/"})
SOMETHING: dict[str, list[dict[str, Any]]] = {
    "/api/currencies/currencies/": [{"code": "EUR"}, {"code": "PLN"}],
    "/api/currencies/exchange-rates/": [
        {"from_code": "EUR", "to_code": "PLN", "rate": "4.2", "effective_on": f"2026-11-{day}"} for day in (18, 19)
    ],
    "/api/currencies/fetch-configs/": [{"provider": "ecb"}],
    "/api/currencies/fetch-rates/": [{"provider": "ecb"}, {"provider": "nbp"}],
    "/api/auth/api_keys/": [{"name": "Shop", "features": ["currencies.view"]}, {"name": "Desk"}],
    "/api/auth/roles/": [{"name": "Buyers"}],
    "/api/dictionaries/dictionaries/": [{"name": "Sources"}, {"name": "Types"}],
    "/api/entities/types/": [{"key": "boat", "label": "Boat"}, {"key": "bike", "label": "Bike"}],
    "/api/entities/definitions/": [
        {"entity": "auth.user", "key": "size", "label": "Size", "kind": "integer", "is_listed": True},
    ],
}
WRITING = ("create", "partial_update")


def exemplary(path: str, scope: Scope) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Bodies as the examples of the resource's commands have them."""
    written = (route for route in all_routes() if route.is_resource and route.action in WRITING)
    found = {route.action: route for route in written if route.at().startswith(path)}
    made, changed = (found.get(action) for action in WRITING)
    return (
        creation(made, scope) if made is not None else None,
        subject(changed, scope, uuid7())[1] if changed is not None else None,
    )


def resources() -> list[str]:
    """Addresses of lists that have details, without what only tests serve and what tenants make."""
    paths = document("en")["paths"]
    return sorted(
        path
        for path, item in paths.items()
        if "get" in item
        and f"{path}{{id}}/" in paths
        and "shelf" not in path
        and "type_key" not in path
        and path not in NO_RESOURCES
        and "get" in paths[f"{path}{{id}}/"]
    )


def written_resources() -> list[str]:
    """Those of them that are written to."""
    paths = document("en")["paths"]
    return [path for path in resources() if "post" in paths[path] or "patch" in paths[f"{path}{{id}}/"]]


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    """One moment, so that figures depend neither on the hour nor on the minute at which use of a session is noted.

    Until noon it may still be yesterday somewhere, so that the day of a rate takes a query of the tenant's time zone.
    """
    with clock.frozen(clock.now().replace(hour=9, minute=0)):
        yield


@pytest.fixture
def alice(house: House, settings: Any, tmp_path: Path) -> Iterator[Client]:
    settings.MEDIA_ROOT = tmp_path
    everything = make_role(house, name="Everything", is_super_admin=True)
    user = make_user(house, email="alice@example.org", name="Alice", roles=(everything,))
    opened = Client().post(
        "/api/auth/session/", {"email": "alice@example.org", "password": PASSWORD}, content_type=JSON
    )
    headers = {"Authorization": f"Bearer {opened.json()['access']}", "X-Organization-Id": str(house.north.pk)}
    client = Client(headers=headers)
    dead_letters(house, 1, 2, place=house.north)
    ledger_rows(house, place=house.north)
    with declared():
        for address in ("ada@example.org", "bob@example.org"):
            queue(house, scope=house.scope(house.north), to=address)
        for name in ("Export", "Import"):
            open_job(house, user, name=name)
            make_notification(house, user, title=name)
        place = {"entity": "directory.organization", "record_id": str(house.north.pk)}
        for name in ("a.txt", "b.txt"):
            answer = client.post("/api/attachments/", {**place, "file": SimpleUploadedFile(name, b"Files.")})
            assert answer.status_code == 201
        for path, bodies in SOMETHING.items():
            for body in bodies:
                assert client.post(path, body, content_type=JSON).status_code in {201, 202}
        make_dictionary(house, "fair", "shop", owner=house.north)
        for kind in ("catalog.category_assignment", "customers.consent", "kernel.erasure") * 2:
            make(kind, house.scope(house.north))
        client.get("/api/notifications/mails/")
        yield client


@pytest.fixture
def bodies(alice: Client, house: House) -> Bodies:
    """The table above, with examples for what does not stand there; of each of those something is there already."""
    found = dict(BODIES)
    scope = house.scope(house.north)
    for path in sorted(set(written_resources()) - set(BODIES)):
        found[path] = exemplary(path, scope)
        made, _changed = exemplary(path, scope)
        assert alice.post(path, made, content_type=JSON).status_code in {201, 202}, path
    return found


def cost(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Queries that the request took, and its answer."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, path, "" if body is None else json.dumps(body), content_type=JSON)
    assert answer.status_code < 300, (method, path, answer.content)
    return len(captured), answer


def costs_of(client: Client, path: str, bodies: Bodies) -> dict[str, int]:
    """What the operations of a resource cost, each at its second call, when what is kept between calls is there."""
    operations = document("en")["paths"]
    one, found = f"{path}{{id}}/", {}
    cost(client, "GET", path)
    found["list"], listed = cost(client, "GET", path)
    record = listed.json()["results"][0]["id"]
    cost(client, "GET", f"{path}{record}/")
    found["detail"], _answer = cost(client, "GET", f"{path}{record}/")
    made, changed = bodies.get(path, (None, None))
    if made is not None:
        found["create"], answer = cost(client, "POST", path, made)
        record = answer.json()["id"]
    if changed is not None:
        found["update"], answer = cost(client, "PATCH", f"{path}{record}/", changed)
        record = answer.json()["id"]  # a correction is another record
    if "delete" in operations[one]:
        found["delete"], _answer = cost(client, "DELETE", f"{path}{record}/")
    return found


def test_every_operation_costs_as_many_queries_as_is_written(alice: Client, bodies: Bodies) -> None:
    found = {path: costs_of(alice, path, bodies) for path in resources()}
    if os.environ.get("AGORA_RENEW_COUNTS"):
        FILE.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    assert found == json.loads(FILE.read_text()), RENEW
    assert len(found) >= 8


@pytest.mark.usefixtures("bodies")
def test_a_list_costs_the_same_whatever_the_size_of_the_page(alice: Client) -> None:
    for path in resources():
        cost(alice, "GET", path)
        (small, _), (large, _) = (cost(alice, "GET", f"{path}?count=none&page_size={size}") for size in (1, 50))
        assert small == large, path


def test_the_table_of_bodies_names_resources_that_there_are() -> None:
    assert set(BODIES) <= set(written_resources())
