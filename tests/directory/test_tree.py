"""The tree stays a tree: whatever is created, moved, deleted and taken back, by whomever."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.directory.errors import OrganizationLoop
from apps.directory.models import Organization
from apps.directory.services import create_organization, delete_organization, move_organization
from apps.kernel.commands.errors import RuleBroken, UndoConflict
from apps.kernel.commands.models import RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import Conflict, InvalidInput, RowNotFound
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.trees import faults, next_request, tree
from tests.support.crowds import all_at_once
from tests.support.scopes import House, make_house, seeding

Move = tuple[int, int]
LIKE_A_REQUEST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def grow(house: House, shape: list[int]) -> list[UUID]:
    """Nodes of a tree: each number says below which earlier node the next one comes; all seeded at once."""
    nodes = [house.root, house.north, house.south]
    with seeding(house.scope()):
        for number, index in enumerate(shape):
            parent = nodes[index % len(nodes)]
            node = Organization(name=f"N{number}", slug=f"{house.tenant.slug}-{number}", parent=parent)
            node.path, node.depth = f"{parent.path}{node.pk}/", parent.depth + 1
            node.save(force_insert=True)
            nodes.append(node)
    return [node.pk for node in nodes]


def ran(call: Callable[[], object]) -> list[UUID]:
    with collecting_actions() as actions:
        call()
    return actions


@LIKE_A_REQUEST
@given(
    shape=st.lists(st.integers(0, 20), max_size=8),
    moves=st.lists(st.tuples(st.integers(0, 20), st.integers(-1, 20)), max_size=8),
)
def test_any_moves_keep_paths_right_and_their_undos_restore_each_state(
    database: None, shape: list[int], moves: list[Move]
) -> None:
    house = make_house()
    nodes = grow(house, shape)
    with using_scope(house.scope()):
        states, done = [tree()], []
        for moved, target in moves:
            parent = None if target == -1 else nodes[target % len(nodes)]
            with suppress(OrganizationLoop):
                actions = ran(partial(move_organization, nodes[moved % len(nodes)], parent_id=parent))
                assert faults(tree()) == []
                if tree() != states[-1]:
                    states.append(tree())
                    done += actions
        for action, state in zip(reversed(done), reversed(states[:-1]), strict=True):
            undo(action)
            assert tree() == state


@LIKE_A_REQUEST
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["create", "move", "delete", "undo"]), st.integers(0, 9), st.integers(-1, 9)),
        max_size=10,
    )
)
def test_nothing_in_any_order_breaks_the_tree(database: None, steps: list[tuple[str, int, int]]) -> None:
    with using_scope(make_house().scope()), collecting_actions() as actions:
        for step, one, other in steps:
            with suppress(Conflict, InvalidInput, RowNotFound):
                take(step, one, other, list(actions))
            assert faults(tree()) == [], (step, one, other)
            assert any(alive for *_rest, alive in tree().values())


def take(step: str, one: int, other: int, actions: list[UUID]) -> None:
    nodes = sorted(pk for pk, (*_rest, alive) in tree().items() if alive)
    target = None if other == -1 else nodes[other % len(nodes)]
    if step == "create":
        create_organization(name=f"Node {one}", parent_id=target)
    elif step == "move":
        move_organization(nodes[one % len(nodes)], parent_id=target)
    elif step == "delete":
        delete_organization(nodes[one % len(nodes)])
    elif actions:
        undo(actions[-1 - one % len(actions)])


def test_a_move_is_one_statement_over_the_moved_subtree_alone(house: House) -> None:
    nodes = grow(house, [1, 3, 3, 2])  # two generations below North, one node below South
    with using_scope(house.scope()):
        [action] = ran(lambda: move_organization(house.north.pk, parent_id=house.south.pk))
        with scoped_transaction():
            images = RowImage.objects.filter(action_id=action)
            assert set(images.values_list("row_id", flat=True)) == {nodes[1], *nodes[3:6]}
            assert len(set(images.values_list("stmt", flat=True))) == 1


@pytest.mark.parametrize("target", ["north", "below"])
def test_nothing_moves_below_itself(house: House, target: str) -> None:
    below = grow(house, [1])[-1]
    with using_scope(house.scope()):
        before = tree()
        with pytest.raises(OrganizationLoop):
            move_organization(house.north.pk, parent_id=house.north.pk if target == "north" else below)
        assert tree() == before


def test_a_creation_is_not_undone_above_what_came_below(house: House) -> None:
    with using_scope(house.scope()):
        west = create_organization(name="West", parent_id=house.root.pk)
        [creation] = ran(lambda: move_organization(house.south.pk, parent_id=west.pk))
    with using_scope(next_request(house)):
        [made] = ran(lambda: create_organization(name="West end", parent_id=house.south.pk))
        with pytest.raises(UndoConflict) as refusal:
            undo(creation)
        assert refusal.value.context["constraint"] == "organization_path_right"
        assert faults(tree()) == []
    with using_scope(next_request(house)):
        undo(made)
        undo(creation)
        assert faults(tree()) == []


def test_a_deletion_is_not_undone_below_a_deleted_parent(house: House) -> None:
    leaf = grow(house, [1])[-1]
    with using_scope(house.scope()):
        [first] = ran(lambda: delete_organization(leaf))
        [second] = ran(lambda: delete_organization(house.north.pk))
        with pytest.raises(UndoConflict):
            undo(first)
        undo(second)
        undo(first)
        assert faults(tree()) == []
        assert all(alive for *_rest, alive in tree().values())


@pytest.mark.parametrize(
    "change",
    [
        "path = path || id || '/'",
        "depth = depth + 1",
        "parent_id = NULL",
        "parent_id = id",
        "deleted_at = now()",
    ],
)
def test_the_database_refuses_a_wrong_tree_from_any_door(house: House, change: str) -> None:
    grow(house, [1])
    with seeding(house.scope()):
        before = tree()
        with pytest.raises(IntegrityError, match="organization"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE organization SET {change} WHERE id = %s", [house.north.pk])
        assert tree() == before


def test_two_nodes_cannot_be_hung_below_each_other_by_sql(house: House) -> None:
    sql = (
        (
            "UPDATE organization o SET parent_id = other.id, depth = 5, path = other.path || o.id || '/'"
            " FROM organization other WHERE o.id <> other.id AND {%s, %s} @> ARRAY[o.id, other.id]"
        )
        .replace("{", "ARRAY[")
        .replace("}", "]::uuid[]")
    )
    refused = pytest.raises(IntegrityError)
    with seeding(house.scope()), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [house.north.pk, house.south.pk])


@pytest.mark.committed
def test_two_moves_at_once_make_no_circle(house: House) -> None:
    pairs = [(house.north.pk, house.south.pk), (house.south.pk, house.north.pk)]
    with using_scope(house.scope()):
        answers = all_at_once(2, lambda number: move_organization(pairs[number][0], parent_id=pairs[number][1]))
        assert sorted(type(answer).__name__ for answer in answers) == ["Organization", "OrganizationLoop"]
        assert faults(tree()) == []


@pytest.mark.committed
def test_moves_creations_and_undos_at_once_keep_the_tree_right(house: House) -> None:
    nodes = grow(house, [1, 2, 3, 4])
    with using_scope(house.scope()):
        [former] = ran(lambda: move_organization(nodes[3], parent_id=house.south.pk))

        def act(number: int) -> object:
            if number == 0:
                return undo(former)
            if number % 2:
                return create_organization(name=f"New {number}", parent_id=nodes[number % len(nodes)])
            return move_organization(nodes[1 + number % 4], parent_id=nodes[number % 3])

        answers = all_at_once(12, act)
        expected = (Conflict, InvalidInput, RuleBroken)
        strange = [item for item in answers if isinstance(item, Exception) and not isinstance(item, expected)]
        assert strange == []
        assert faults(tree()) == []
