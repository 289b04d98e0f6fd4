"""An order for many customers: locked and written together, judged one by one, one action with one undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.customers.models import Customer, Person
from apps.customers.services import create_tag, update_person
from apps.kernel.commands import bulk
from apps.kernel.commands.bulk import BulkOrder, BulkOutcome, run_each
from apps.kernel.commands.guards import GUARDS, GuardCall, GuardEntry
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import reading_in
from tests.customers.factories import make_person
from tests.kernel.events_probes import names
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House

UPDATE = update_person.spec.id


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two records be many."""
    monkeypatch.setattr(bulk, "FEW", 1)


def change(house: House, ids: list[UUID], versions: dict[UUID, int] | None = None, **changes: Any) -> BulkOutcome:
    with using_scope(house.scope(house.north)):
        return run_each(BulkOrder(UPDATE, tuple(ids), changes, versions or {}))


def people(house: House) -> dict[UUID, Person]:
    with reading_in(house):
        return {row.pk: row for row in Person.objects.all()}


def made(house: House, count: int) -> list[UUID]:
    return [make_person(house, f"Ada{number} Byron").pk for number in range(count)]


def orders(house: House) -> list[Action]:
    with reading_in(house):
        return list(Action.objects.filter(command="kernel.record.bulk"))


def test_all_are_changed_as_one_action_with_images_that_one_undo_takes_back(house: House) -> None:
    ids = made(house, 3)
    outcome = change(house, ids, last_name="King")
    [whole] = orders(house)
    assert outcome.done == dict.fromkeys(ids, (whole.pk,))
    assert {(row.last_name, row.display_name, row.version) for row in people(house).values()} == {
        ("King", f"Ada{number} King", 2) for number in range(3)
    }
    with reading_in(house):
        assert set(Customer.objects.values_list("name", flat=True)) == {f"Ada{number} King" for number in range(3)}
        images = RowImage.objects.filter(action_id=whole.pk, table_name="person")
        assert set(images.values_list("row_id", flat=True)) == set(ids)
        assert Action.objects.filter(parent_id=whole.pk).count() == 0
    assert names(house.scope()).count("customers.person.updated") == 3
    with using_scope(house.scope(house.north)):
        undo(whole.pk)
    assert {row.last_name for row in people(house).values()} == {"Byron"}


def test_each_record_is_judged_by_itself_and_the_refused_ones_stay(house: House) -> None:
    ids, missing = made(house, 3), uuid7()
    outcome = change(house, [*ids, missing], {ids[0]: 7}, job_title="Countess")
    assert set(outcome.done) == set(ids[1:])
    assert {item: [error.code for error in errors] for item, errors in outcome.refused.items()} == {
        ids[0]: ["kernel.stale_version"],
        missing: ["kernel.not_found"],
    }
    assert [people(house)[item].job_title for item in ids] == ["", "Countess", "Countess"]


def test_wrong_values_change_nothing(house: House) -> None:
    ids = made(house, 2)
    outcome = change(house, ids, job_title="x" * 500)
    assert set(outcome.refused) == set(ids)
    assert {row.version for row in people(house).values()} == {1}
    assert orders(house) == []


def test_guards_look_at_every_record(house: House) -> None:
    ids, asked = made(house, 3), list[UUID]()

    def guard(call: GuardCall) -> dict[str, Any]:
        asked.append(call.arguments["person_id"])
        return {"job_title": "Guarded"}

    with declared(GUARDS, GuardEntry("tests.guard", UPDATE, 10, guard)):
        change(house, ids, job_title="Countess")
    assert sorted(asked) == sorted(ids)
    assert {row.job_title for row in people(house).values()} == {"Guarded"}


def test_a_guard_that_writes_has_each_record_done_by_itself(house: House) -> None:
    ids = made(house, 2)

    def guard(call: GuardCall) -> None:
        create_tag(label=f"Seen {call.arguments['person_id'].hex[-8:]}")

    with declared(GUARDS, GuardEntry("tests.guard", UPDATE, 10, guard)):
        outcome = change(house, ids, job_title="Countess")
    [whole] = orders(house)
    with reading_in(house):
        parts = Action.objects.filter(parent_id=whole.pk).values_list("command", flat=True)
        assert sorted(parts) == ["customers.person.update"] * 2 + ["customers.tag.create"] * 2
    assert set(outcome.done) == set(ids)
    assert {row.job_title for row in people(house).values()} == {"Countess"}


def test_what_cannot_be_written_together_is_done_one_by_one(house: House) -> None:
    ids = made(house, 2)
    outcome = change(
        house, ids, job_title="Countess", contact_points=[{"channel": "email", "value": "ada@example.org"}]
    )
    [whole] = orders(house)
    with reading_in(house):
        assert Action.objects.filter(parent_id=whole.pk, command=UPDATE).count() == 2
    assert set(outcome.done) == set(ids)
    assert {row.job_title for row in people(house).values()} == {"Countess"}


def test_the_number_of_records_costs_no_statements(house: House) -> None:
    ids, costs = made(house, 12), []
    for count in (2, 12):
        with CaptureQueriesContext(connection) as captured:
            change(house, ids[:count], description=f"Number {count}")
        costs.append(len(captured))
    assert costs[0] == costs[1]
