"""A record of somebody else, one of another organization, a deleted one and none at all: one answer, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from apps.kernel.ids import uuid7
from tests.directory.callers import send
from tests.matrix.calls import Answer, call
from tests.matrix.orders import prepared
from tests.matrix.routes import Route, resources, routes
from tests.matrix.world import World

pytestmark = pytest.mark.generated

DETAILS = [route for route in routes() if route.is_detail]


def hidden(world: World, route: Route) -> Iterator[tuple[str, UUID]]:
    """Ids that the super admin, who has North selected, must not reach."""
    if not route.is_resource:
        yield from (("foreign", item) for item in world.strangers)
        return
    made = world.made[route.view.entity]
    yield "foreign", made.other
    if route.is_walled:
        yield "south", made.south
        # What brings deleted records back, or ends them for good, finds them.
        if route.action not in {"restore", "purge", "erase"} and (gone := deleted(world, route)) is not None:
            yield "deleted", gone


def deleted(world: World, route: Route) -> UUID | None:
    """A record that was there; None where nobody deletes such records."""
    ways = [item for item in resources("destroy") if item.view is route.view]
    if not ways:
        return None
    order = prepared(world, ways[0])
    assert send(world.admin, "delete", order.address, {}).status_code == 204
    return order.record_id


@pytest.mark.parametrize("route", DETAILS, ids=str)
def test_what_is_hidden_looks_like_what_is_missing(world: World, route: Route) -> None:
    ids = list(hidden(world, route))
    body = prepared(world, route).body

    def ask(record_id: UUID) -> Answer:
        return call(world.admin, route, route.at(record_id), body)

    nothing = uuid7()
    ask(nothing)
    missing = ask(nothing)
    assert (missing.status, missing.code) == (404, "kernel.not_found")
    for kind, record_id in ids:
        answer = ask(record_id)
        assert answer.without(record_id) == missing.without(nothing), kind
        # A deleted record of one's own is found, and then found to be deleted.
        assert kind == "deleted" or answer.statements == missing.statements, kind


@pytest.mark.parametrize("name", ["another tenant", "another organization"])
@pytest.mark.parametrize("route", [item for item in DETAILS if item.is_resource], ids=str)
def test_an_outsider_gets_the_same_for_ours_and_for_nothing(world: World, route: Route, name: str) -> None:
    actor, order, nothing = world.named(name), prepared(world, route), uuid7()
    missing = call(actor.client, route, route.at(nothing), order.body)
    ours = call(actor.client, route, order.address, order.body)
    assert missing.status == 404
    if name == "another tenant" or route.is_walled:
        assert ours.without(str(order.record_id)) == missing.without(nothing)
