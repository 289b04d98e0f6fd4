"""`If-Match` on every operation that changes a versioned record, as the router lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models

from apps.kernel.bases.mixins import Versioned
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.models import PlatformAdmin
from tests.auth.factories import reading_in, system
from tests.directory.callers import send
from tests.matrix.calls import Answer, answer_of
from tests.matrix.keeping import kept_world
from tests.matrix.orders import Order, prepared
from tests.matrix.records import subject, writable
from tests.matrix.routes import Route, details, resources
from tests.matrix.world import World
from tests.support.rolling import rolled_back
from tests.support.scopes import seeding

pytestmark = pytest.mark.generated

# Addresses of a record itself; what hangs below one, such as a session of a user, has no version.
BELOW = frozenset({"customers.person.write_consent", "customers.interaction.answer"})
ROUTES = [
    route
    for route in details(writing=True)
    if issubclass(route.entity.model, Versioned)
    and route.path.count("<") == 1
    and f"{route.view.entity}.{route.action}" not in BELOW
]
BAD_TAGS = ['W/"1"', "1", '"a"', '""', '"1", "2"', '"-1"', '"1.0"', '"1', "'1'", '"1"x', '"9999999999"', ""]


@pytest.fixture(scope="module")
def whole_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Records of each kind, and a super admin who is the platform's as well, so that all is open."""
    with django_db_blocker.unblock(), kept_world() as found:
        PlatformAdmin.objects.using("owner").create(user_id=found.owner_id)
        yield found
        PlatformAdmin.objects.using("owner").all().delete()


@pytest.fixture
def world(whole_world: World) -> Iterator[World]:
    with rolled_back(whole_world.admin):
        yield whole_world


def stored(world: World, route: Route, order: Order) -> dict[str, Any]:
    """Every column of the row."""
    with reading_in(world.house):
        return dict(route.entity.model._default_manager.filter(pk=order.record_id).values().get())


def actions(world: World) -> int:
    with reading_in(world.house):
        return Action.objects.count()


# What is done with records that are deleted or archived, or with two that nobody may make alike.
UNCHANGEABLE = frozenset({"restore", "purge", "merge", "unarchive"})


def called(world: World, route: Route, order: Order, tag: str) -> Answer:
    """The answer to the operation with the header, its effects taken back."""
    with rolled_back(world.admin):
        found = send(world.admin, route.method, order.address, order.body, **{"If-Match": tag})
        return answer_of(found)


def changed_behind(world: World, route: Route, order: Order) -> set[str]:
    """Change the record as somebody else would; the fields that were changed."""
    ways = [item for item in resources("partial_update") if item.view is route.view]
    before = stored(world, route, order)
    if ways and route.action not in UNCHANGEABLE:
        values = writable(ways[0], subject(ways[0], world.scope, world.made[route.view.entity].north)[1])
        answer = send(world.admin, "patch", ways[0].at(str(order.record_id)), values)
        assert answer.status_code == 200, answer.content
    else:
        model: Any = route.entity.model
        with seeding(system(world.house)):
            model._default_manager.filter(pk=order.record_id).update(version=models.F("version") + 1)
    after = stored(world, route, order)
    assert after["version"] > before["version"]
    return {name for name in after if after[name] != before[name]} - {"version", "updated_at"}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_stale_version_is_refused_and_nothing_is_written(world: World, route: Route) -> None:
    order = prepared(world, route)
    seen = stored(world, route, order)["version"]
    changed = changed_behind(world, route, order)
    before, count = stored(world, route, order), actions(world)
    answer = called(world, route, order, f'"{seen}"')
    assert (answer.status, answer.code) == (412, "kernel.stale_version"), answer.body
    assert answer.json["current_version"] == before["version"]
    assert set(answer.json["changed_fields"]) == changed
    assert "x-action-id" not in answer.headers
    assert (stored(world, route, order), actions(world)) == (before, count)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_version_that_is_still_to_come_is_stale_too(world: World, route: Route) -> None:
    order = prepared(world, route)
    before = stored(world, route, order)
    answer = called(world, route, order, f'"{before["version"] + 7}"')
    assert (answer.status, answer.code) == (412, "kernel.stale_version"), answer.body
    assert answer.json["current_version"] == before["version"]
    assert stored(world, route, order) == before


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_tag_of_another_form_is_refused(world: World, route: Route) -> None:
    order = prepared(world, route)
    before, count = stored(world, route, order), actions(world)
    for tag in BAD_TAGS:
        answer = called(world, route, order, tag)
        found = [(item["field"], item["code"]) for item in answer.json.get("errors", [])]
        assert (answer.status, found) == (400, [("If-Match", "kernel.etag.invalid")]), (tag, answer.body)
    assert (stored(world, route, order), actions(world)) == (before, count)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_present_version_and_a_star_pass(world: World, route: Route) -> None:
    order = prepared(world, route)
    version = stored(world, route, order)["version"]
    without = outcome(world, route, order, None)
    assert without[0] < 500
    assert without[0] not in {400, 412}, without
    for tag in ("*", f'"{version}"'):
        assert outcome(world, route, order, tag) == without, tag


def outcome(world: World, route: Route, order: Order, tag: str | None) -> tuple[int, str, str | None]:
    """Status, code and new version of the operation, its effects taken back."""
    headers = {} if tag is None else {"If-Match": tag}
    with rolled_back(world.admin):
        answer = answer_of(send(world.admin, route.method, order.address, order.body, **headers))
        return answer.status, answer.code, answer.headers.get("etag")
