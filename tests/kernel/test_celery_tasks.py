"""Tasks carry their scope, are sent after the commit, and ask for access again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from apps.kernel.access.grants import EVERYTHING, NOTHING, Access
from apps.kernel.commands.invocation import Source, current_invocation
from apps.kernel.errors import FeatureRequired
from apps.kernel.ids import uuid7
from apps.kernel.ports import Identity, NullPorts, OrganizationTree
from apps.kernel.registry.features import FEATURES, feature
from apps.kernel.services import provide, service
from apps.kernel.tenancy.errors import ScopeMissing
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, scope_or_none, system_scope, using_scope
from apps.kernel.work.envelope import packed, reopened, unpacked
from apps.kernel.work.errors import MessageRefused
from apps.kernel.work.tasks import HEADER, send_after_commit, task
from tests.support.scopes import House

USER = UUID("01990000-0000-7000-8000-000000000002")
seen: list[tuple[Scope, Source, UUID]] = []


@task("tests.look")
def look(ref_id: UUID) -> None:
    """Remember where it runs."""
    seen.append((current_scope(), current_invocation().source, ref_id))


class Ports(NullPorts):
    """A house whose actors have changed since: what they may do and see now."""

    def __init__(self, access: Access, living: frozenset[UUID]) -> None:
        self.access = access
        self.living = living

    def access_again(self, tenant_id: UUID, actor: Actor) -> Actor:
        """The actor with today's access."""
        return Actor(actor.kind, actor.id, "Alice", self.access)

    def all_living(self) -> frozenset[UUID]:
        """Organizations that are left."""
        return self.living

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """No organization has another below it."""
        return frozenset({organization_id}) & self.living


@pytest.fixture(autouse=True)
def ports(house: House) -> Iterator[Ports]:
    former = service(Identity), service(OrganizationTree)
    now = Ports(EVERYTHING, house.scope().organization_ids)
    provide(Identity, now)
    provide(OrganizationTree, now)
    seen.clear()
    yield now
    provide(Identity, former[0])
    provide(OrganizationTree, former[1])


def run_message(scope: Scope, **changes: Any) -> Scope:
    """Run the task as a worker does, from a message that went through JSON."""
    message = json.loads(json.dumps({**packed(scope), **changes}))
    look.apply(args=[uuid7()], headers={HEADER: message}, throw=True)
    return seen[-1][0]


def test_a_task_runs_in_the_scope_of_its_message(house: House) -> None:
    scope = house.scope(house.north, house.south, actor_id=USER)
    ran = run_message(scope)
    assert (ran.tenant_id, ran.organization_id, ran.organization_ids, ran.correlation_id) == (
        scope.tenant_id,
        scope.organization_id,
        scope.organization_ids,
        scope.correlation_id,
    )
    assert (ran.actor.kind, ran.actor.id, ran.actor.label, ran.actor.access) == (
        ActorKind.STAFF,
        USER,
        "Alice",
        EVERYTHING,
    )
    assert seen[-1][1] is Source.TASK
    assert scope_or_none() is None


def test_access_is_that_of_now_and_not_that_of_the_sender(house: House, ports: Ports) -> None:
    ports.access = NOTHING
    ran = run_message(house.scope(actor_id=USER))
    assert (ran.actor.access, ran.organization_id, ran.organization_ids) == (NOTHING, None, frozenset())


def test_organizations_that_are_lost_meanwhile_are_left_out(house: House, ports: Ports) -> None:
    ports.access = Access(granted=frozenset({"*"}), organization_ids=frozenset({house.south.pk}))
    ran = run_message(house.scope(house.north, house.south, actor_id=USER))
    assert (ran.organization_id, ran.organization_ids) == (None, frozenset({house.south.pk}))


def test_no_name_and_no_access_travels(house: House) -> None:
    message = packed(house.scope(actor_id=USER))
    assert message["actor"] == {"kind": "staff", "id": str(USER), "label": "", "on_behalf_of": None}
    assert set(message) == {"tenant", "organization", "organizations", "actor", "correlation"}
    assert unpacked(message).actor.access == NOTHING


def test_the_system_stays_itself(house: House) -> None:
    with (
        system_scope(house.tenant.pk, "nightly", organization_id=house.root.pk) as scope,
        reopened(unpacked(packed(scope))) as again,
    ):
        assert again == scope


@pytest.mark.parametrize(
    "message",
    [None, {}, {"tenant": "x"}, {"tenant": None}, {"organizations": None}, {"actor": {"kind": "god"}}, {"actor": None}],
)
def test_a_message_without_a_scope_is_refused(house: House, message: dict[str, Any] | None) -> None:
    headers = {} if message is None else {HEADER: {**(packed(house.scope()) if message else {}), **message}}
    with pytest.raises(MessageRefused):
        look.apply(args=[uuid7()], headers=headers, throw=True)
    assert seen == []


def test_called_directly_it_runs_in_the_open_scope(house: House) -> None:
    with using_scope(house.scope()) as scope:
        look(uuid7())
    assert (seen[-1][0], seen[-1][1]) == (scope, Source.SYSTEM)


def test_it_is_sent_after_the_commit_only(house: House, django_capture_on_commit_callbacks: Any) -> None:
    with using_scope(house.scope()), django_capture_on_commit_callbacks() as callbacks:
        with pytest.raises(RuntimeError), transaction.atomic():
            send_after_commit(look, uuid7())
            raise RuntimeError
        send_after_commit(look, uuid7())
    assert len(callbacks) == 1


def test_sending_needs_a_scope() -> None:
    with pytest.raises(ScopeMissing):
        send_after_commit(look, uuid7())


@pytest.mark.parametrize("argument", [{"name": "Ada"}, ["a"], None, 1.5, "x" * 101, b"raw"])
def test_arguments_are_ids(house: House, argument: Any) -> None:
    with using_scope(house.scope()), pytest.raises(MessageRefused):
        send_after_commit(look, argument)


def test_a_task_cannot_ask_for_a_queue_that_nobody_reads() -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        task("tests.lost", queue="elsewhere")


def test_a_right_that_was_taken_away_stops_the_command(house: House, ports: Ports) -> None:
    from apps.kernel.commands.executor import demand_feature

    ports.access = NOTHING
    if "tests.things.manage" not in FEATURES:
        feature("tests.things.manage")
    with pytest.raises(FeatureRequired):
        demand_feature(run_message(house.scope(actor_id=USER)), "tests.things.manage")
