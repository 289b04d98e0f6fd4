"""Undo by the platform: every action can be taken back, and taken back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from apps.auth.services.roles import create_role
from apps.currencies.models import Currency
from apps.directory.models import Organization
from apps.kernel.access.grants import Access
from apps.kernel.bases.mixins import SoftDelete
from apps.kernel.commands.errors import AlreadyUndone, NotUndoable, UndoConflict
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import plan_undo, undo
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support import probes
from tests.support.digests import digest
from tests.support.scopes import House


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


def ran(call: Callable[[], object]) -> UUID:
    """Run a command and say which action it was."""
    with collecting_actions() as actions:
        call()
    return actions[-1]


def state() -> dict[str, str]:
    with scoped_transaction():
        return digest("currency", "organization")


def name_of(currency: Currency) -> str:
    with scoped_transaction():
        return str(Currency.objects.get(pk=currency.pk).name)


def test_undo_of_a_creation_removes_the_row_and_its_undo_brings_it_back(scoped: House) -> None:
    before = state()
    created = ran(lambda: probes.create_currency("EUR"))
    after = state()
    undone = ran(lambda: undo(created))
    assert state() == before
    ran(lambda: undo(undone))
    assert state() == after


def test_undo_of_a_change_bumps_the_version(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="Euro")
    renamed = ran(lambda: probes.rename_currency(currency.pk, name="Evro"))
    undo(renamed)
    with scoped_transaction():
        assert Currency.objects.values_list("name", "version").get() == ("Euro", 3)


def test_undo_of_a_deletion_restores_the_same_id(scoped: House) -> None:
    currency = probes.create_currency("EUR")
    removed = ran(lambda: probes.remove_currency(currency.pk))
    undo(removed)
    with scoped_transaction():
        assert Currency.objects.get().pk == currency.pk


def test_a_unique_flag_that_wandered_wanders_back(scoped: House) -> None:
    euro = probes.create_currency("EUR", is_base=True)
    dollar = probes.create_currency("USD")
    before = state()
    moved = ran(lambda: probes.rebase(dollar.pk, former_id=euro.pk))
    undo(moved)
    assert state() == before


def test_a_later_change_stands_in_the_way_and_is_named(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="A")
    first = ran(lambda: probes.rename_currency(currency.pk, name="B"))
    second = ran(lambda: probes.rename_currency(currency.pk, name="C"))
    with pytest.raises(UndoConflict) as refusal:
        undo(first)
    assert refusal.value.context["actions"] == [str(second)]
    assert name_of(currency) == "C"


def test_cascade_undoes_later_changes_first(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="A")
    first = ran(lambda: probes.rename_currency(currency.pk, name="B"))
    probes.rename_currency(currency.pk, name="C")
    probes.rename_currency(currency.pk, name="D")
    cascade = ran(lambda: undo(first, cascade=True))
    assert name_of(currency) == "A"
    undo(cascade)
    assert name_of(currency) == "D"


def test_a_change_that_was_undone_stands_in_nobodys_way(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="A")
    first = ran(lambda: probes.rename_currency(currency.pk, name="B"))
    undo(ran(lambda: probes.rename_currency(currency.pk, name="C")))
    undo(first)
    assert name_of(currency) == "A"


def test_undoing_twice_is_refused_until_it_is_redone(scoped: House) -> None:
    created = ran(lambda: probes.create_currency("EUR"))
    undone = ran(lambda: undo(created))
    with pytest.raises(AlreadyUndone):
        undo(created)
    undo(undone)
    undo(created)
    with scoped_transaction():
        assert not Currency.objects.exists()


def test_rows_created_later_below_a_created_row_stand_in_the_way(scoped: House) -> None:
    planted = ran(lambda: probes.plant(scoped.north.pk, name="Branch"))
    with scoped_transaction():
        branch = Organization.objects.get(name="Branch")
    leaf = ran(lambda: probes.plant(branch.pk, name="Leaf"))
    before = state()
    with pytest.raises(UndoConflict) as refusal:
        undo(planted)
    assert refusal.value.context["actions"] == [str(leaf)]
    assert state() == before
    undo(planted, cascade=True)
    with scoped_transaction():
        assert Organization.objects.count() == 3


def test_a_parent_action_is_undone_with_its_children(scoped: House) -> None:
    before = state()
    whole = ran(lambda: probes.nest("EUR", inner="USD"))
    undo(whole)
    assert state() == before


def test_a_part_of_an_action_is_not_undone_alone(scoped: House) -> None:
    whole = ran(lambda: probes.nest("EUR", inner="USD"))
    with scoped_transaction():
        part = Action.objects.filter(parent_id=whole).first()
    assert part is not None
    with pytest.raises(NotUndoable, match=str(whole)):
        undo(part.pk)


def test_many_rows_are_one_undo(scoped: House) -> None:
    before = state()
    filled = ran(lambda: probes.fill(["AAA", "BBB", "CCC"]))
    undo(filled)
    assert state() == before


def test_the_plan_says_what_would_happen_and_writes_nothing(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="A")
    renamed = ran(lambda: probes.rename_currency(currency.pk, name="B"))
    before = state()
    with scoped_transaction():
        plan = plan_undo(renamed)
    assert (plan.possible, plan.row_count, plan.conflicts) == (True, 1, ())
    assert state() == before


def test_another_tenants_action_and_a_missing_one_look_the_same(house: House, other_house: House) -> None:
    with using_scope(house.scope()):
        created = ran(lambda: probes.create_currency("EUR"))
    with using_scope(other_house.scope()):
        with pytest.raises(RowNotFound) as foreign:
            undo(created)
        with pytest.raises(RowNotFound) as missing:
            undo(uuid7())
    assert str(foreign.value) == str(missing.value)


def test_an_action_on_rows_that_the_actor_does_not_see_is_not_there(house: House) -> None:
    with using_scope(house.scope(house.north)):
        created = ran(lambda: probes.create_currency("EUR"))
    with using_scope(house.scope(house.south)), pytest.raises(RowNotFound):
        undo(created)


def test_own_actions_need_one_feature_and_others_another(house: House) -> None:
    alice, bob = uuid7(), uuid7()
    own_only = Access(granted=frozenset({"audit_logs.undo_self"}), organization_ids=None)
    with using_scope(house.scope(access=own_only, actor_id=alice)):
        mine = ran(lambda: probes.create_currency("EUR"))
        undo(mine)
    with using_scope(house.scope(actor_id=bob)):
        theirs = ran(lambda: probes.create_currency("USD"))
    with using_scope(house.scope(access=own_only, actor_id=alice)), pytest.raises(FeatureRequired) as refusal:
        undo(theirs)
    assert refusal.value.context == {"feature": "audit_logs.undo_tenant"}


def test_a_compensating_command_takes_the_place_of_restoring(scoped: House) -> None:
    currency = probes.create_currency("EUR", name="Euro")
    retired = ran(lambda: probes.retire_currency(currency.pk))
    undone = ran(lambda: undo(retired))
    with scoped_transaction():
        assert Currency.objects.values_list("name", "is_active").get() == ("Euro (recalled)", True)
        assert (
            Action.objects.filter(parent_id=undone).values_list("command", flat=True).get() == "tests.currency.recall"
        )
    undo(undone)
    with scoped_transaction():
        assert Currency.objects.values_list("name", "is_active").get() == ("Euro", False)


def test_a_failed_command_leaves_nothing(scoped: House) -> None:
    before = state()
    with scoped_transaction():
        actions = Action.objects.count()
    with pytest.raises(RuntimeError):
        probes.fail_after_writing("EUR")
    assert state() == before
    with scoped_transaction():
        assert Action.objects.count() == actions


def test_a_redo_needs_the_feature_of_what_it_does_again(house: House) -> None:
    with using_scope(house.scope()), collecting_actions() as actions:
        create_role(name="Temporary")
        undo(actions[-1])
    undoer = Access(granted=frozenset({"audit_logs.undo_tenant", "audit_logs.view_tenant"}), organization_ids=None)
    with using_scope(house.scope(access=undoer, actor_id=uuid7())), pytest.raises(FeatureRequired) as refused:
        undo(actions[-1])
    assert refused.value.context["feature"] == "auth.roles.manage"


def test_what_models_need_is_hidden_when_it_goes() -> None:
    needed = [(model, name) for model in apps.get_models() for name in getattr(model, "needs", ())]
    keys: dict[str, Any] = {f"{model._meta.label}.{name}": model._meta.get_field(name) for model, name in needed}
    assert "catalog.Product.option_schema" in keys
    lasting = [name for name, key in keys.items() if not issubclass(key.related_model, SoftDelete)]
    assert lasting == []
