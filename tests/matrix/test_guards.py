"""Every operation for every kind of caller: the answer follows from the guard that the view declares."""

from __future__ import annotations

import pytest

from tests.matrix.calls import call
from tests.matrix.expected import complaint
from tests.matrix.orders import prepared
from tests.matrix.routes import Route, routes
from tests.matrix.world import World

pytestmark = pytest.mark.generated


@pytest.mark.parametrize("route", routes(), ids=str)
def test_the_guard_decides(world: World, route: Route) -> None:
    order = prepared(world, route)
    everybody = world.fixed if route.is_public else world.actors(route.features)
    found = [(actor, call(actor.client, route, order.address, order.body)) for actor in everybody]
    assert [said for actor, answer in found if (said := complaint(route, actor, answer))] == []
