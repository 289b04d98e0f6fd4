"""The outbox: what a command announces and what its images tell, with its commit or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection

from apps.currencies import services as currencies
from apps.currencies.models import Currency
from apps.directory import services as directory
from apps.kernel import clock
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.loads import unaudited
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.eventbus.causes import DEEPEST, caused_by
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.tenancy.scope import Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from tests.kernel.events_probes import (
    REASON,
    _example,
    everywhere,
    mint,
    mint_around_a_failure,
    mint_then_fail,
    names,
    outbox,
    subscribed,
)
from tests.support import probes
from tests.support.scopes import House
from tests.support.shelf.services import create_shelf

CREATED, UPDATED, DELETED = (f"currencies.currency.{verb}" for verb in ("created", "updated", "deleted"))
RESTORED, BULK = "currencies.currency.restored", "currencies.currency.bulk_changed"


@pytest.fixture
def scope(house: House) -> Iterator[Scope]:
    with using_scope(house.scope()) as opened:
        yield opened


def last(scope: Scope) -> OutboxEvent:
    return outbox(scope)[-1]


def newest_action() -> Action:
    with scoped_transaction():
        found: Action = Action.objects.order_by("-created_at", "-id")[0]
        return found


# Lifecycle


def test_a_record_is_created_updated_and_deleted(scope: Scope) -> None:
    row = currencies.create_currency(code="EUR")
    currencies.update_currency(row.pk, name="Taler", symbol="T")
    other = currencies.create_currency(code="USD")
    currencies.delete_currency(other.pk)
    events = [(item.name, item.record_id, item.payload) for item in outbox(scope)]
    facts = {"id": str(row.pk), "resource_id": str(row.pk), "cause": ""}
    other_facts = {"id": str(other.pk), "resource_id": str(other.pk), "cause": "", "changed": []}
    assert events == [
        (CREATED, row.pk, {**facts, "changed": [], "version": 1}),
        (UPDATED, row.pk, {**facts, "changed": ["name", "symbol"], "version": 2}),
        (CREATED, other.pk, {**other_facts, "version": 1}),
        (DELETED, other.pk, {**other_facts, "version": 2}),
    ]


def test_an_event_says_who_where_and_by_which_change(scope: Scope) -> None:
    row = currencies.create_currency(code="EUR")
    action = newest_action()
    item = last(scope)
    assert (item.entity, item.record_id, item.organization_id) == ("currencies.currency", row.pk, scope.organization_id)
    assert (item.actor_kind, item.actor_id) == ("staff", scope.actor.id)
    assert (item.action_id, item.batch_id) == (action.pk, action.pk)
    assert (item.correlation_id, item.causation_id, item.depth) == (scope.correlation_id, None, 0)
    assert item.created_at <= clock.now()


def test_what_does_not_differ_in_the_end_did_not_happen(scope: Scope) -> None:
    row = probes.create_currency("EUR", name="Euro")

    @transient
    def there_and_back() -> None:
        for name in ("Taler", "Euro"):
            probes.rename_currency(row.pk, name=name)

    @transient
    def made_and_gone() -> None:
        probes.remove_currency(probes.create_currency("USD").pk)

    before = names(scope)
    there_and_back()
    made_and_gone()
    assert names(scope) == before


def transient(body: Callable[[], None]) -> Callable[[], None]:
    """Run the body as one command."""
    name = f"tests.transient.{body.__name__}"
    if name in COMMANDS:
        COMMANDS.remove(name)
    declared: Callable[[], None] = command(name, open_reason=REASON, example=_example)(body)
    return declared


def test_one_event_for_a_row_that_several_commands_of_one_action_touch(scope: Scope) -> None:
    before = len(names(scope))
    probes.nest("EUR", inner="USD")
    assert names(scope)[before:] == [CREATED, CREATED]
    batches = {item.batch_id for item in outbox(scope)[before:]}
    assert batches == {newest_action_of("tests.currency.nest")}


def newest_action_of(name: str) -> UUID:
    with scoped_transaction():
        found: UUID = Action.objects.filter(command=name).latest("created_at").pk
        return found


def test_undo_and_redo_say_so(scope: Scope) -> None:
    row = probes.create_currency("EUR")
    with collecting_actions() as actions:
        probes.rename_currency(row.pk, name="Taler")
        probes.remove_currency(row.pk)
        undo(actions[-1])
        undo(actions[0])
        undo(actions[-1])
    told = [(item.name, item.payload["cause"]) for item in outbox(scope)]
    assert told == [
        (CREATED, ""),
        (UPDATED, ""),
        (DELETED, ""),
        (RESTORED, "undo"),
        (UPDATED, "undo"),
        (UPDATED, "undo"),
    ]


def test_a_hidden_record_that_comes_back_is_restored(scope: Scope) -> None:
    currencies.create_currency(code="EUR")
    row = currencies.create_currency(code="USD")
    with collecting_actions() as actions:
        currencies.delete_currency(row.pk)
    undo(actions[0])
    assert [(item.name, item.payload["cause"]) for item in outbox(scope)][-2:] == [(DELETED, ""), (RESTORED, "undo")]


def test_above_a_hundred_records_one_event_tells_of_all(scope: Scope) -> None:
    codes = [f"{chr(65 + i // 26)}{chr(65 + i % 26)}Z" for i in range(101)]
    probes.fill(codes[:100])
    assert names(scope) == [CREATED] * 100
    with using_scope(elsewhere(scope)):
        probes.fill(codes)
    item = last(scope)
    assert len(names(scope)) == 101
    assert item.name == BULK
    assert item.payload == {"action_id": str(item.action_id), "count": 101, "operation": "created", "cause": ""}
    undo(item.action_id)
    assert last(scope).payload["operation"] == "deleted"
    assert last(scope).payload["cause"] == "undo"


def elsewhere(scope: Scope) -> Scope:
    other = next(item for item in sorted(scope.organization_ids) if item != scope.organization_id)
    return replace(scope, organization_id=other)


def test_rows_of_an_organization_that_was_just_made_are_told_of_as_well(scope: Scope) -> None:
    directory.create_organization(name="West", parent_id=scope.organization_id)
    told = outbox(scope)
    new = next(item.record_id for item in told if item.name == "directory.organization.created")
    made = [item for item in told if item.organization_id == new]
    assert {item.name for item in made} >= {CREATED, "customers.pipeline.created", "sales.channel.created"}
    assert sum(item.name == CREATED for item in made) >= 5


def test_a_tenant_table_without_a_public_name_is_silent(scope: Scope) -> None:
    before = len(names(scope))
    mint(uuid4())
    assert names(scope)[before:] == ["tests.coin.minted"]


# Announcements


def test_an_announcement_leaves_with_its_command(scope: Scope) -> None:
    coin = uuid4()
    mint(coin, pieces=3)
    item = last(scope)
    assert (item.name, item.record_id, item.entity) == ("tests.coin.minted", coin, "tests.coin")
    assert item.payload == {"resource_id": str(coin), "pieces": 3}
    with pytest.raises(RuntimeError):
        mint_then_fail(coin)
    assert len(names(scope)) == 1


def test_what_an_inner_command_announced_goes_with_it(scope: Scope) -> None:
    mint_around_a_failure(uuid4())
    assert [item.payload["pieces"] for item in outbox(scope)] == [2]


def test_a_load_tells_of_its_tables(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Currency, "bulk_loadable", True, raising=False)
    with unaudited("nightly feed", Currency):
        pass
    item = last(scope)
    assert item.name == "kernel.table.loaded"
    facts = {"action_id": str(item.action_id), "entities": ["currencies.currency"], "reason": "nightly feed"}
    assert item.payload == facts


def test_events_without_end_go_nowhere(scope: Scope) -> None:
    first = uuid4()
    with subscribed("tests.coin.minted", print, persistent=True):
        for depth in (DEEPEST - 1, DEEPEST):
            with caused_by(first, depth):
                mint(uuid4())
    fine, parked = outbox(scope)
    assert (fine.depth, fine.causation_id, fine.is_pending, fine.parked_reason) == (DEEPEST, first, True, "")
    assert (parked.depth, parked.is_pending) == (DEEPEST + 1, False)
    assert str(DEEPEST) in parked.parked_reason


# Who waits


def relays(scope: Scope) -> int:
    return Work.objects.filter(tenant_id=scope.tenant_id, queue="relay").count()


@pytest.mark.parametrize(
    ("pattern", "persistent", "waits"),
    [
        ("shelf.shelf.created", True, True),
        ("shelf.*.created", True, True),
        ("**", True, True),
        ("shelf.shelf.updated", True, False),
        ("shelf.shelf.created", False, False),
    ],
)
def test_the_relay_is_called_only_where_somebody_waits(
    scope: Scope, pattern: str, persistent: bool, waits: bool
) -> None:
    before = relays(scope)
    with subscribed(pattern, print, persistent=persistent):
        create_shelf(name="Atlases")
    assert relays(scope) - before == int(waits)
    assert last(scope).is_pending is waits


def test_the_relay_is_called_for_what_streams_show(scope: Scope) -> None:
    before = relays(scope)
    probes.create_currency("EUR")
    assert relays(scope) - before == 1
    assert last(scope).is_pending


def test_a_command_writes_its_events_in_the_statement_that_ends_it(scope: Scope) -> None:
    row = probes.create_currency("EUR")
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with subscribed("**", print, persistent=True), connection.execute_wrapper(note):
        probes.rename_currency(row.pk, name="Taler")
    assert sum("end_command" in sql for sql in statements) == 1
    assert sum("INTO action " in sql for sql in statements) == 1
    assert [sql for sql in statements if "UPDATE action" in sql or "outbox" in sql] == []
    assert names(scope)[-1:] == ["currencies.currency.updated"]
    assert Work.objects.count() == 2


# The wall


def test_events_of_others_are_not_there(scope: Scope, other_house: House) -> None:
    probes.create_currency("EUR")
    assert outbox(other_house.scope()) == []
    with using_scope(scope), scoped_transaction():
        assert OutboxEvent.objects.filter(name=CREATED).count() == 1
    north = min(item for item in scope.organization_ids if item != scope.organization_id)
    with using_scope(replace(scope, organization_ids=frozenset({north}))), scoped_transaction():
        assert OutboxEvent.objects.filter(name=CREATED).count() == 0


@pytest.mark.parametrize("change", ["name = 'x'", "payload = '{}'", "xid = '3'", "seq = DEFAULT", "parked_reason = ''"])
def test_an_event_never_changes(scope: Scope, change: str) -> None:
    probes.create_currency("EUR")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        everywhere(scope),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE outbox SET {change}")


@command("tests.currency.touch", open_reason=REASON, resource="currencies.currency", example=_example)
def touch_currency(currency_id: UUID) -> None:
    """Save without a change."""
    load_for_update(Currency, currency_id).save()


def test_a_new_version_alone_is_no_event(scope: Scope) -> None:
    row = probes.create_currency("EUR")
    before = names(scope)
    touch_currency(row.pk)
    assert names(scope) == before
    assert current_scope() == scope
