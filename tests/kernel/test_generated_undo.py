"""Undo, generated from the example of every undoable command of the installed modules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.apps import apps

from apps.kernel.access.grants import EVERYTHING
from apps.kernel.commands.declarations import ANY_KIND, COMMANDS, UNDO, CommandSpec
from apps.kernel.commands.executor import execute
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.digests import digest
from tests.support.scopes import House

pytestmark = pytest.mark.generated

UNDOABLE = [
    pytest.param(spec, id=spec.id)
    for spec in COMMANDS.values()
    if spec.undoable and spec.id != UNDO and not spec.id.startswith("tests.")
]
AUDITED = sorted(
    model._meta.db_table for model in apps.get_models() if getattr(model, "audited", False) and not model._meta.proxy
)


# Whoever restricts a record keeps it by a grant of their own. Alice of these tests is nobody who could be granted
# something, so she does that as a super admin.
RESTRICTING = ("restrict", "unrestrict")


@pytest.fixture
def scoped(house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    spec: CommandSpec = request.node.callspec.params["spec"]
    is_super_admin = spec.id.rpartition(".")[2] in RESTRICTING
    with using_scope(house.scope(access=replace(EVERYTHING, is_super_admin=is_super_admin))):
        yield house


def state() -> dict[str, str]:
    """Digest of every audited table, as somebody sees it who sees all living organizations."""
    with using_scope(today()), scoped_transaction():
        return digest(*AUDITED)


def today() -> Scope:
    """The scope of the actor's next request: organizations may have come or gone."""
    with scoped_transaction():
        return replace(current_scope(), organization_ids=service(OrganizationTree).all_living())


@pytest.mark.parametrize("spec", UNDOABLE)
def test_undo_restores_every_table_and_redo_repeats_it(scoped: House, spec: CommandSpec) -> None:
    assert spec.example is not None
    arguments = dict(spec.example(scoped.scope()))
    before = state()
    with collecting_actions() as actions:
        execute(spec, (), arguments)
    after = state()
    with scoped_transaction():
        [action] = Action.objects.filter(pk=actions[-1])
    assert action.command == spec.id
    assert after != before, "the example changes nothing, so it proves nothing"
    with collecting_actions() as undone, using_scope(today()):
        undo(actions[-1])
    assert state() == before
    with using_scope(today()):
        undo(undone[-1])
    assert state() == after


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
