"""The executor: features, guards, transactions, versions, cost, and what an action keeps of its input."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.currencies.models import Currency
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.errors import CommandInsideTransaction, NoRunningCommand
from apps.kernel.commands.guards import GUARDS, GuardCall, command_guard
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.running import running
from apps.kernel.errors import Conflict, FeatureRequired, NotAuthenticated, StaleVersion
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import applied_to, reading, scoped_transaction
from tests.support import probes
from tests.support.scopes import House, seeding


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


@pytest.fixture
def guarded() -> Iterator[list[GuardCall]]:
    """Two guards on the renaming probe: the first shouts, the second refuses the word NO."""
    calls: list[GuardCall] = []

    @command_guard("tests.second", pattern="tests.currency.*", priority=20)
    def refuse(call: GuardCall) -> None:
        calls.append(call)
        if call.arguments.get("name") == "NO":
            raise Conflict

    @command_guard("tests.first", pattern="tests.currency.rename", priority=10)
    def shout(call: GuardCall) -> Mapping[str, Any]:
        return {"name": str(call.arguments["name"]).upper()}

    yield calls
    GUARDS.remove("tests.first")
    GUARDS.remove("tests.second")


def newest() -> Action:
    with scoped_transaction():
        action: Action = Action.objects.order_by("-pk")[0]
        return action


def test_an_action_says_who_did_what_to_what_and_from_where(scoped: House) -> None:
    with invoked(source=Source.ADMIN, reason="because"):
        currency = probes.create_currency("EUR", name="Euro")
    action = newest()
    assert (action.command, action.actor_label, action.source, action.reason) == (
        "tests.currency.create",
        "Alice",
        "admin",
        "because",
    )
    assert (action.resource_entity, action.resource_id, action.resource_label) == (
        "currencies.currency",
        currency.pk,
        "EUR — Euro",
    )
    assert action.input == {"code": "EUR", "name": "Euro", "is_base": False}
    assert action.organizations == [scoped.root.pk]


def test_a_missing_feature_is_refused_and_nothing_is_written(house: House) -> None:
    spec = COMMANDS["currencies.currency.create"]
    with using_scope(house.scope(access=Access(granted=frozenset({"currencies.view"}), organization_ids=None))):
        with scoped_transaction():
            before = Action.objects.count()
        with pytest.raises(FeatureRequired) as refusal:
            from apps.kernel.commands.executor import execute

            execute(spec, (), {"code": "XXX"})
        with scoped_transaction():
            assert Action.objects.count() == before
    assert refusal.value.context == {"feature": "currencies.manage"}


def test_nobody_is_asked_to_sign_in_instead(house: House) -> None:
    nobody = Scope(house.tenant.pk, None, frozenset(), Actor(ActorKind.ANONYMOUS, None, "nobody", NOTHING))
    from apps.kernel.commands.executor import demand_feature

    with pytest.raises(NotAuthenticated):
        demand_feature(nobody, "currencies.manage")


def test_guards_change_input_in_their_order(scoped: House, guarded: list[GuardCall]) -> None:
    currency = probes.create_currency("EUR")
    renamed = probes.rename_currency(currency.pk, name="euro")
    assert renamed.name == "EURO"
    assert [call.arguments.get("name") for call in guarded] == ["", "EURO"]


def test_a_guard_refuses_and_nothing_happens(scoped: House, guarded: list[GuardCall]) -> None:
    currency = probes.create_currency("EUR", name="Euro")
    with pytest.raises(Conflict):
        probes.rename_currency(currency.pk, name="no")
    with scoped_transaction():
        assert Currency.objects.get().name == "Euro"
        assert Action.objects.filter(command="tests.currency.rename").count() == 0


def test_a_nested_command_is_a_child_action_with_images_of_its_own(scoped: House) -> None:
    with collecting_actions() as actions:
        probes.nest("EUR", inner="USD")
    [outer] = actions
    with scoped_transaction():
        children = list(Action.objects.filter(parent_id=outer).order_by("pk"))
        images = {child.pk: RowImage.objects.filter(action_id=child.pk).count() for child in children}
        own = RowImage.objects.filter(action_id=outer).values_list("operation", flat=True)
        assert list(own) == ["U"]
    assert [child.command for child in children] == ["tests.currency.create"] * 2
    assert set(images.values()) == {1}


def test_a_command_owns_its_outermost_transaction(scoped: House) -> None:
    with scoped_transaction(), pytest.raises(CommandInsideTransaction):
        probes.create_currency("EUR")


@pytest.mark.committed
def test_a_command_suspends_the_reading_around_it_and_reads_see_its_effect(house: House) -> None:
    with using_scope(house.scope()), reading():
        assert Currency.objects.count() == 0
        first = transaction_id()
        probes.create_currency("EUR")
        assert Currency.objects.count() == 1
        assert transaction_id() != first


def transaction_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def test_after_a_command_the_session_variable_is_what_it_was(scoped: House) -> None:
    with scoped_transaction():
        before = applied_to(connection)
    with reading():
        probes.create_currency("EUR")
        assert applied_to(connection).action_id == before.action_id == ""
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.action_id', true), '')")
            assert cursor.fetchone() == ("",)


def test_what_only_a_command_may_do_is_refused_outside_one() -> None:
    with pytest.raises(NoRunningCommand):
        running()


def test_a_stale_caller_learns_the_version_and_what_changed(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="Euro")
    probes.rename_currency(currency.pk, name="Evro")
    with invoked(expected_version=1), pytest.raises(StaleVersion) as refusal:
        probes.rename_currency(currency.pk, name="Yuro")
    assert refusal.value.context == {"current_version": 2, "changed_fields": ["name"]}


def test_a_stale_instance_cannot_be_saved(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="Euro")
    probes.rename_currency(currency.pk, name="Evro")

    @command("tests.currency.save_stale", open_reason=probes.REASON, undoable=False, undo_reason="a probe.")
    def save_stale() -> None:
        """Save an instance that was loaded before somebody else's change."""
        currency.name = "Yuro"
        currency.save()

    try:
        with pytest.raises(StaleVersion):
            save_stale()
    finally:
        COMMANDS.remove("tests.currency.save_stale")


def test_a_command_costs_two_statements_more_than_the_same_save(scoped: House) -> None:
    currency = probes.create_currency("EUR")
    with CaptureQueriesContext(connection) as captured:
        probes.rename_currency(currency.pk, name="Euro")
    own = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    kinds = [sql.strip().split()[0] for sql in own]
    # scope, action, lock, update, end of the action; and in a test's outer transaction the scope back again
    assert kinds == ["SELECT", "WITH", "SELECT", "UPDATE", "SELECT", "SELECT"]


@dataclass(frozen=True)
class Credentials:
    """Input with a secret inside."""

    login: str
    password: str


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Credentials("a", "canary"), {"login": "a", "password": "[redacted]"}),
        ({"api_key": "canary", "n": 1}, {"api_key": "[redacted]", "n": 1}),
        ([{"token": "canary"}], [{"token": "[redacted]"}]),
        (Decimal("1.50"), "1.50"),
        (UUID(int=1), str(UUID(int=1))),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (b"raw", "[bytes]"),
        ("x" * 3000, "x" * 2000 + "…"),
        (None, None),
    ],
)
def test_input_is_kept_as_json_without_secrets(scoped: House, value: object, stored: object) -> None:
    @command("tests.input.keep", open_reason=probes.REASON, undoable=False, undo_reason="a probe.", secret=("pin",))
    def keep(value: Any, *, pin: str) -> None:
        """Do nothing."""

    try:
        keep(value, pin="canary")
    finally:
        COMMANDS.remove("tests.input.keep")
    action = newest()
    assert action.input == {"value": stored, "pin": "[redacted]"}


def test_actions_carry_the_injected_time(scoped: House) -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    with clock.frozen(moment):
        probes.create_currency("EUR")
    assert newest().created_at == moment


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "needs a feature or the reason"),
        ({"feature": "a.b", "open_reason": "x"}, "needs a feature or the reason"),
        ({"feature": "a.b"}, "so it needs an example"),
        ({"feature": "a.b", "undoable": False}, "say why it is not"),
    ],
)
def test_a_bad_declaration_is_refused_at_import(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        command("tests.bad.declaration", **options)


def test_one_changed_row_does_not_make_the_images_of_many_slow(scoped: House) -> None:
    """A session keeps the plan that its first change gave the join of old and new rows."""
    codes = [f"{chr(65 + n // 676)}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}" for n in range(5000)]
    started = time.perf_counter()
    probes.fill(codes)
    inserted = time.perf_counter() - started
    with seeding():
        Currency.objects.filter(code="AAA").update(name="first")
    started = time.perf_counter()
    with seeding():
        assert Currency.objects.update(name="all") == 5000
    assert time.perf_counter() - started < 4 * inserted
