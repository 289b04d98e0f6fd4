"""Undo, generated from the example of every undoable command of the installed modules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.apps import apps

from apps.kernel.commands.declarations import ANY_KIND, COMMANDS, UNDO, CommandSpec
from apps.kernel.commands.executor import execute
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.digests import digest
from tests.support.scopes import House

UNDOABLE = [
    pytest.param(spec, id=spec.id)
    for spec in COMMANDS.values()
    if spec.undoable and spec.id != UNDO and not spec.id.startswith("tests.")
]
AUDITED = sorted(
    model._meta.db_table for model in apps.get_models() if getattr(model, "audited", False) and not model._meta.proxy
)


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


def state(house: House) -> dict[str, str]:
    """Digest of every audited table, as somebody sees it who sees all living organizations."""
    with using_scope(today(house)), scoped_transaction():
        return digest(*AUDITED)


def today(house: House) -> Scope:
    """The scope of the actor's next request: organizations may have come or gone."""
    with scoped_transaction():
        return replace(house.scope(), organization_ids=service(OrganizationTree).all_living())


@pytest.mark.parametrize("spec", UNDOABLE)
def test_undo_restores_every_table_and_redo_repeats_it(scoped: House, spec: CommandSpec) -> None:
    assert spec.example is not None
    arguments = dict(spec.example(scoped.scope()))
    before = state(scoped)
    with collecting_actions() as actions:
        execute(spec, (), arguments)
    after = state(scoped)
    with scoped_transaction():
        [action] = Action.objects.filter(pk=actions[-1])
    assert action.command == spec.id
    assert after != before, "the example changes nothing, so it proves nothing"
    with collecting_actions() as undone, using_scope(today(scoped)):
        undo(actions[-1])
    assert state(scoped) == before
    with using_scope(today(scoped)):
        undo(undone[-1])
    assert state(scoped) == after


@pytest.mark.parametrize("spec", UNDOABLE)
def test_an_action_names_its_record(scoped: House, spec: CommandSpec) -> None:
    assert spec.example is not None
    arguments = dict(spec.example(scoped.scope()))
    with collecting_actions() as actions:
        execute(spec, (), arguments)
    with scoped_transaction():
        action = Action.objects.get(pk=actions[-1])
        assert (
            RowImage.objects.filter(action_id__in=[action.pk]).exists()
            or Action.objects.filter(parent_id=action.pk).exists()
        )
    assert spec.resource in {ANY_KIND, action.resource_entity} or spec.delegates
    assert action.resource_entity in ENTITIES or spec.resource != ANY_KIND
    assert spec.bulk or (action.resource_id and action.resource_label)
