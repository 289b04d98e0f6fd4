"""Ids inside bodies: one of another tenant is refused exactly as one that nobody has."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from rest_framework import serializers

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import send
from tests.matrix.calls import call, get
from tests.matrix.orders import Order, bulk_body, prepared
from tests.matrix.records import plain, serializer_of, subject
from tests.matrix.routes import Route, resources, routes
from tests.matrix.world import World

pytestmark = pytest.mark.generated

# Lists of texts that hold ids or names.
NAMES = frozenset({"roles"})
BULK = [route for route in routes() if route.bulk]


def pointing(route: Route) -> list[tuple[str, bool]]:
    """Fields of the body that take ids: name, and whether they take several."""
    fields = serializer_of(route)().fields
    return [
        (name, isinstance(field, serializers.ListField))
        for name, field in fields.items()
        if not field.read_only and (_is_id(field) or _is_id(getattr(field, "child", None)) or name in NAMES)
    ]


def _is_id(field: Any) -> bool:
    return isinstance(field, serializers.UUIDField)


CHANGING = [route for route in resources("create", "update", "partial_update") if pointing(route)]


def with_id(order: Order, name: str, record_id: UUID, *, several: bool) -> dict[str, Any]:
    """The body, pointing to the record."""
    return {**order.body, name: [str(record_id)] if several else str(record_id)}


@pytest.mark.parametrize("route", CHANGING, ids=str)
def test_a_foreign_reference_is_refused_like_a_missing_one(world: World, route: Route) -> None:
    order, nothing = prepared(world, route), uuid7()
    for name, several in pointing(route):
        missing = call(world.admin, route, order.address, with_id(order, name, nothing, several=several))
        assert missing.status == 400, (name, missing.body)
        assert any(item["field"].partition(".")[0] == name for item in missing.json["errors"]), missing.body
        for foreign in world.foreign(route.entity.model, name):
            body = with_id(order, name, foreign, several=several)
            answer = call(world.admin, route, order.address, body)
            assert answer.without(foreign) == missing.without(nothing), (name, foreign)


@pytest.mark.parametrize("route", BULK, ids=str)
def test_a_bulk_order_with_a_hidden_id_changes_nothing(world: World, route: Route) -> None:
    made, nothing = world.made[route.view.entity], uuid7()
    record_id, given = subject(route, world.scope, made.north)
    detail = next(item for item in resources("retrieve") if item.view is route.view)
    before = get(world.admin, detail.at(record_id)).json

    def order(hidden: UUID) -> Any:
        return call(world.admin, route, route.at(), bulk_body(route, given, record_id, hidden))

    missing = order(nothing)
    assert missing.status == 400
    for hidden in (made.other, *([made.south] if route.is_walled else [])):
        assert order(hidden).without(hidden) == missing.without(nothing)
    send(world.admin, "post", route.at(), bulk_body(route, given, record_id, made.other))
    assert get(world.admin, detail.at(record_id)).json == before


def grants(world: World, command: str) -> dict[str, Any]:
    """A valid body about a grant on a record."""
    example = COMMANDS[command].example
    assert example is not None
    with using_scope(world.scope):
        return plain(example(world.scope))


@pytest.mark.parametrize(
    ("path", "command"), [("api/auth/grants/", "access.grant"), ("api/auth/grants/revoke/", "access.revoke")]
)
def test_a_grant_names_nothing_foreign(world: World, path: str, command: str) -> None:
    route = next(item for item in routes() if item.path == path and item.method == "post")
    body, nothing = grants(world, command), uuid7()
    assert call(world.admin, route, route.at(), body).status in {200, 201}
    for name in [key for key in body if key.endswith("_id")]:
        missing = call(world.admin, route, route.at(), {**body, name: str(nothing)})
        # Somebody who does not exist was granted nothing: 409.
        assert missing.status in ({400, 409} if command == "access.revoke" else {400}), (name, missing.body)
        for foreign in world.foreign(None, name):
            answer = call(world.admin, route, route.at(), {**body, name: str(foreign)})
            assert answer.without(foreign) == missing.without(nothing), name


def test_questions_about_grants_and_access_tell_nothing_foreign(world: World) -> None:
    nothing, made = uuid7(), world.made["shelf.book"]

    def asked(record_id: UUID) -> Any:
        return get(world.admin, "/api/auth/grants/", {"entity": "shelf.book", "record_id": str(record_id)})

    assert asked(made.north).status == 200
    assert (asked(nothing).status, asked(nothing).without(nothing)) == (400, asked(made.other).without(made.other))
    explain = next(item for item in routes() if item.path == "api/auth/explain-access/")
    about = {"feature": "shelf.books.view", "entity": "shelf.book"}
    for name in ("record_id", "user_id"):
        body = {**about, "record_id": str(made.north)}
        missing = call(world.admin, explain, explain.at(), {**body, name: str(nothing)})
        assert missing.status == 400
        for foreign in world.foreign(None, name):
            answer = call(world.admin, explain, explain.at(), {**body, name: str(foreign)})
            assert answer.without(foreign) == missing.without(nothing), name
