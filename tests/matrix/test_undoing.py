"""Undo of the action that made a record: who may, and that a foreign action looks like none."""

from __future__ import annotations

import pytest

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.ids import uuid7
from tests.auth.factories import make_role, make_user
from tests.auth.programs import make_key, program
from tests.directory.callers import client_of, send
from tests.matrix.calls import Answer, answer_of, call, get
from tests.matrix.expected import ASKING_MORE
from tests.matrix.routes import Route, resources
from tests.matrix.world import Actor, World
from tests.support.rolling import rolled_back

pytestmark = pytest.mark.generated

UNDO = next(route for route in resources("undo"))
AUDIT = ("audit_logs.view_self", "audit_logs.view_tenant", "audit_logs.undo_self", "audit_logs.undo_tenant")
# Files ask for the features of their records, views of roles for another one: tests of their own take them back.
CREATING = [
    route
    for route in resources("create")
    if route.command is not None and route.command.undoable and route.view.entity not in ASKING_MORE
]


def undone(actor: Actor, action: object) -> Answer:
    """What undoing the action answers."""
    return call(actor.client, UNDO, UNDO.at(str(action)), {})


def extra(world: World, name: str, *features: str) -> Actor:
    """A member of the house with the features."""
    user = make_user(world.house, roles=(make_role(world.house, *features),))
    return Actor(name, client_of(user, organization=world.house.north))


@pytest.mark.parametrize("route", CREATING, ids=str)
def test_undo_needs_both_the_right_to_undo_and_that_of_the_command(world: World, route: Route) -> None:
    feature, action = COMMANDS[f"{route.view.entity}.create"].feature, world.made[route.view.entity].action
    without = undone(extra(world, "auditor", *AUDIT), action)
    assert (without.status, without.code) == (403, "kernel.feature_required"), without.body
    assert without.json["feature"] == feature
    plain = undone(extra(world, "clerk", feature), action)
    assert (plain.status, plain.json["feature"]) == (403, "audit_logs.undo_self")
    own = undone(extra(world, "own only", feature, "audit_logs.view_self", "audit_logs.undo_self"), action)
    assert own.status == 404, own.body


@pytest.mark.parametrize("route", CREATING, ids=str)
def test_whoever_may_takes_the_creation_back(world: World, route: Route) -> None:
    feature, made = COMMANDS[f"{route.view.entity}.create"].feature, world.made[route.view.entity]
    key = make_key(world.house, *AUDIT, feature).secret
    callers = [
        extra(world, "both", *AUDIT, feature),
        Actor("key", program(key, **{"X-Organization-Id": str(world.house.north.pk)})),
        world.named("super admin"),
    ]
    detail = next(item for item in resources("retrieve") if item.view is route.view)
    for actor in callers:
        with rolled_back(actor.client):
            answer = answer_of(send(actor.client, "post", UNDO.at(str(made.action)), {}))
            assert answer.status == 200, (str(actor), answer.body)
            assert get(world.admin, detail.at(made.north)).status == 404, str(actor)
        assert get(world.admin, detail.at(made.north)).status == 200


@pytest.mark.parametrize("route", CREATING, ids=str)
def test_an_action_of_others_looks_like_none(world: World, route: Route) -> None:
    made, nothing = world.made[route.view.entity], uuid7()
    for name, action in [
        ("super admin", made.other_action),
        ("another tenant", made.action),
        *([("another organization", made.action)] if route.is_walled else []),
    ]:
        actor = world.named(name)
        undone(actor, nothing)  # what a process remembers of an actor costs statements once
        missing, found = undone(actor, nothing), undone(actor, action)
        assert (missing.status, found.without(str(action))) == (404, missing.without(nothing)), name
        assert found.statements == missing.statements, name


@pytest.mark.parametrize("route", CREATING, ids=str)
def test_nobody_undoes_without_a_living_session(world: World, route: Route) -> None:
    action = world.made[route.view.entity].action
    for actor in world.fixed:
        if actor.refusal is not None:
            answer = undone(actor, action)
            assert (answer.status, answer.code) == actor.refusal, str(actor)
