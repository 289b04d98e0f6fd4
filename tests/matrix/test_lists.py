"""Lists, filters, orders and files show nothing of another tenant or organization to anybody."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any
from uuid import UUID

import django_filters  # type: ignore[import-untyped]
import pytest

from apps.kernel.ids import uuid7
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import system
from tests.matrix.calls import get
from tests.matrix.routes import Route, resources
from tests.matrix.world import Actor, World

pytestmark = pytest.mark.generated

LISTS = resources("list")
# Those who see different things, one of each.
VIEWS = frozenset({"another tenant", "another organization", "super admin", "exact feature", "key with the feature"})
WIDE = {"page_size": "100"}


def listed(actor: Actor, route: Route, **query: str) -> list[dict[str, Any]]:
    """The records on the page."""
    answer = get(actor.client, route.at(), {**WIDE, **query})
    assert answer.status == 200, (str(actor), query, answer.body)
    found: list[dict[str, Any]] = answer.json["results"]
    return found


def ids_of(actor: Actor, route: Route, **query: str) -> set[str]:
    """Ids on the page."""
    return {row["id"] for row in listed(actor, route, **query)}


def readers(world: World, route: Route) -> list[Actor]:
    """Those whom the guard lets pass."""
    return [actor for actor in world.actors(route.features) if actor.holds and actor.refusal is None]


def belonging(world: World, route: Route, actor: Actor) -> dict[str, UUID | None]:
    """Every row of the actor's tenant: id to organization, past every rule but that of the tenant."""
    model: Any = route.entity.model
    has_organization = any(field.name == "organization_id" for field in model._meta.concrete_fields)
    whole = system(world.other if actor.sees == "other" else world.house)
    with using_scope(whole), scoped_transaction():
        living = service(OrganizationTree).all_living()
    with using_scope(replace(whole, organization_ids=living)), scoped_transaction():
        rows = model._default_manager.all()
        return {str(row.pk): row.organization_id if has_organization else None for row in rows}


def permitted(world: World, actor: Actor) -> frozenset[UUID]:
    """The organization that the actor has selected, and what lies below it."""
    house = world.other if actor.sees == "other" else world.house
    with using_scope(system(house)), scoped_transaction():
        return service(OrganizationTree).subtree(house.south.pk if actor.sees == "south" else house.north.pk)


def distinct(actors: list[Actor]) -> list[Actor]:
    """One for each of those whose records are seen."""
    return list({actor.sees: actor for actor in actors}.values())


def detail_of(route: Route) -> Route | None:
    """The detail of the same resource."""
    return next((item for item in resources("retrieve") if item.view is route.view), None)


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_shows_rows_of_ones_own_tenant_and_organization_only(world: World, route: Route) -> None:
    made, allowed = world.made[route.view.entity], readers(world, route)
    # What is there does not depend on who asks, but on whose it is.
    by_view = {actor.sees: (belonging(world, route, actor), permitted(world, actor)) for actor in distinct(allowed)}
    for actor in allowed:
        shown, (rows, places) = ids_of(actor, route), by_view[actor.sees]
        assert shown <= set(rows), str(actor)
        below = {rows[item] for item in shown} - {None}
        assert below <= places, str(actor)
        if route.is_walled:
            assert str(getattr(made, actor.sees)) in shown, str(actor)
    assert {str(made.north)} <= ids_of(world.named("super admin"), route, ids=str(made.north))


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_and_a_detail_agree(world: World, route: Route) -> None:
    detail, made = detail_of(route), world.made[route.view.entity]
    if detail is None:
        pytest.skip("there are no details")
    ids = (made.north, made.south, made.other)
    for actor in readers(world, route):
        if actor.name not in VIEWS or route.features != detail.features:
            continue
        shown = ids_of(actor, route, ids=",".join(map(str, ids)))
        found = {str(item) for item in ids if get(actor.client, detail.at(item)).status == 200}
        assert found == shown, str(actor)


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_an_id_that_is_hidden_filters_like_one_that_is_missing(world: World, route: Route) -> None:
    admin, made = world.named("super admin"), world.made[route.view.entity]
    hidden = [made.other, *([made.south] if route.is_walled else [])]
    nothing = uuid7()
    get(world.admin, route.at())  # what is remembered between requests is remembered by now
    missing = get(world.admin, route.at(), {"ids": str(nothing)})
    assert missing.json["results"] == []
    for record_id in hidden:
        answer = get(world.admin, route.at(), {"ids": str(record_id)})
        assert answer.without(record_id) == missing.without(nothing)
        assert answer.statements == missing.statements
        assert ids_of(admin, route, ids=f"{record_id},{made.north}") == {str(made.north)}


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_reference_to_something_hidden_filters_like_one_to_nothing(world: World, route: Route) -> None:
    with using_scope(world.scope):
        filters = route.view.shape().filters.base_filters
    names = [name for name, item in filters.items() if isinstance(item, django_filters.UUIDFilter)]
    nothing = uuid7()
    for name in names:
        missing = get(world.admin, route.at(), {name: str(nothing)})
        for foreign in world.foreign(route.entity.model, name):
            answer = get(world.admin, route.at(), {name: str(foreign)})
            assert answer.without(foreign) == missing.without(nothing), name


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_every_order_shows_the_same_rows(world: World, route: Route) -> None:
    admin = world.named("super admin")
    some = ",".join(sorted(ids_of(admin, route))[:50])
    usual = ids_of(admin, route, ids=some)
    for name in route.view.ordering_fields:
        for words in (name, f"-{name}"):
            assert ids_of(admin, route, ids=some, ordering=words) == usual, words
    assert get(world.admin, route.at(), {"ordering": "tenant_id"}).status == 400


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_search_shows_no_more_than_the_list(world: World, route: Route) -> None:
    if not route.entity.search:
        pytest.skip("nothing is searched")
    admin = world.named("super admin")
    assert ids_of(admin, route, q="e") <= ids_of(admin, route)


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_file_holds_the_rows_of_the_list(world: World, route: Route) -> None:
    made = world.made[route.view.entity]
    # Files of some kinds need a feature of their own, which the tests of their module try.
    writers = [world.named("super admin")] if route.view.export_features else readers(world, route)
    for actor in writers:
        if actor.name not in VIEWS:
            continue
        # Exports are actions themselves, so the list of actions grows by each.
        ids = ",".join(map(str, (made.north, made.south, made.other)))
        answer = get(actor.client, route.at(), {"format": "csv", "fields": "id", "ids": ids})
        assert answer.status == 200, (str(actor), answer.body)
        assert set(answer.body.decode().split()[1:]) == ids_of(actor, route, ids=ids), str(actor)


@pytest.mark.parametrize("form", ["json", "xlsx"])
@pytest.mark.parametrize("route", LISTS, ids=str)
def test_other_forms_hold_the_same(world: World, route: Route, form: str) -> None:
    made = world.made[route.view.entity]
    answer = get(world.admin, route.at(), {"format": form, "fields": "id"})
    content = answer.body if form == "json" else sheet_of(answer.body)
    assert answer.status == 200
    assert str(made.north).encode() in content
    assert str(made.other).encode() not in content
    assert not route.is_walled or str(made.south).encode() not in content


def sheet_of(file: bytes) -> bytes:
    """The cells of a workbook's only sheet."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        return book.read("xl/worksheets/sheet1.xml")
