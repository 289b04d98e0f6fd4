"""Interceptors stand before every operation of every resource: none that writes gets round them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.kernel.api.schema.document import document
from apps.kernel.commands.models import Action
from apps.kernel.errors import Conflict
from apps.kernel.extensions.interceptors import INTERCEPTORS, Call, Interceptor
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of, member
from tests.kernel.extensions_probes import declared
from tests.matrix.expected import BY_FORM
from tests.matrix.routes import PLACE, Route, routes
from tests.support.scopes import House

pytestmark = pytest.mark.generated

RESOURCES = [route for route in routes() if route.is_resource and f"{route.view.entity}.{route.action}" not in BY_FORM]


def body_of(route: Route) -> Any:
    """The example of the operation's body; for `bulk/` an order whose changes nobody looks at before."""
    if route.bulk:
        return {"action": route.bulk, "ids": [str(uuid7())]}
    path = "/" + PLACE.sub(lambda found: "{id}" if found["name"] == "pk" else f"{{{found['name']}}}", route.path)
    operation = document("en")["paths"][path][route.method]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("examples", {}).get("ordinary", {}).get("value", {})


def actions_of(house: House) -> int:
    with using_scope(house.scope()), scoped_transaction():
        return Action.objects.count()


@pytest.mark.parametrize("route", RESOURCES, ids=str)
def test_every_operation_of_a_resource_is_intercepted(house: House, route: Route) -> None:
    seen: list[str] = []

    def refuse(call: Call) -> None:
        seen.append(call.action)
        raise Conflict

    client = client_of(member(house, "*", is_super_admin=True), organization=house.root)
    body, before = body_of(route), actions_of(house)
    with declared(INTERCEPTORS, Interceptor("probes.wall", "*", before=refuse, priority=100)):
        text = "" if route.method == "get" else json.dumps(body)
        answer = client.generic(route.method.upper(), route.at(), text, content_type="application/json")
    assert (answer.status_code, answer.json().get("code"), seen) == (409, "kernel.conflict", [route.action]), body
    assert actions_of(house) == before


def test_there_are_such_operations() -> None:
    assert len(RESOURCES) > 40
