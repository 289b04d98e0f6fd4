"""The log of reads over HTTP and in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit_logs.models import ReadAccess
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.audit_logs.calls import AUDITOR, READS, caller, refusal, shown
from tests.auth.factories import make_user
from tests.backoffice.currencies import text_of
from tests.directory.callers import complaints, send
from tests.support.scopes import House

PAGE = "/backend/audit_logs/readaccess/"
MISSING = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def auditor(house: House) -> Client:
    return caller(house, *AUDITOR)


def make_read(scope: Scope, *records: object, **values: Any) -> ReadAccess:
    """One read in the log."""
    facts = {"actor_kind": "staff", "actor_id": scope.actor.id, "actor_label": "Alice", "entity": "auth.user"}
    with using_scope(scope), scoped_transaction():
        row = ReadAccess(
            **{
                **facts,
                "how": "list",
                "record_ids": [str(item) for item in records],
                "organization_ids": sorted(scope.organization_ids),
                "correlation_id": scope.correlation_id,
                **values,
            }
        )
        row.save(force_insert=True)
    return row


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in shown(answer)]


def test_the_list_shows_reads_newest_first(house: House, auditor: Client) -> None:
    record = uuid7()
    first, second = make_read(house.scope(), record), make_read(house.scope(), how="detail")
    rows = shown(auditor.get(READS))
    assert [row["id"] for row in rows] == [str(second.pk), str(first.pk)]
    assert {key: rows[1][key] for key in ("actor_kind", "actor_label", "entity", "how", "record_ids")} == {
        "actor_kind": "staff",
        "actor_label": "Alice",
        "entity": "auth.user",
        "how": "list",
        "record_ids": [str(record)],
    }
    assert auditor.get(f"{READS}{first.pk}/").json() == rows[1]


def test_it_can_be_asked_for_record_kind_reader_and_time(house: House, auditor: Client) -> None:
    record, reader = uuid7(), uuid7()
    wanted = make_read(house.scope(), record, uuid7(), actor_id=reader, entity="customers.person", how="export")
    make_read(house.scope(), uuid7())
    for asked in (
        {"record_id": str(record)},
        {"entity": "customers.person"},
        {"actor_id": str(reader)},
        {"how": "export"},
        {"correlation_id": str(wanted.correlation_id)},
        {"entity": "customers.person", "record_id": str(record), "created_at__gte": "2020-01-01T00:00:00Z"},
    ):
        assert ids(auditor.get(READS, asked)) == [str(wanted.pk)]
    assert ids(auditor.get(READS, {"record_id": MISSING})) == []
    assert complaints(auditor.get(READS, {"record_id": "x"})) == {"record_id": "kernel.filter.invalid"}
    assert complaints(auditor.get(READS, {"how": "guess"})) == {"how": "kernel.filter.invalid_choice"}


def test_it_takes_the_right_to_see_everybody_s_doings(house: House) -> None:
    for features in ((), ("audit_logs.view_self",), ("audit_logs.undo_self",)):
        answer = caller(house, *features).get(READS)
        assert (answer.status_code, answer.json()["feature"]) == (403, "audit_logs.view_tenant")
    assert Client().get(READS).status_code == 401


def test_reads_of_other_tenants_and_organizations_are_not_there(
    house: House, other_house: House, auditor: Client
) -> None:
    foreign = make_read(other_house.scope())
    whole, north = make_read(house.scope()), make_read(house.scope(house.north))
    assert ids(auditor.get(READS)) == [str(north.pk), str(whole.pk)]
    limited = caller(house, *AUDITOR, only=(house.north,))
    assert ids(limited.get(READS)) == [str(north.pk)]
    answers = [limited.get(f"{READS}{row}/") for row in (foreign.pk, whole.pk, MISSING)]
    assert {refusal(answer) for answer in answers} == {(404, "kernel.not_found")}


def test_nobody_writes_here(house: House, auditor: Client) -> None:
    row = make_read(house.scope())
    assert send(auditor, "post", READS, {}).status_code == 405
    assert send(auditor, "delete", f"{READS}{row.pk}/").status_code == 405


def test_the_log_can_be_had_as_a_file(house: House, auditor: Client) -> None:
    make_read(house.scope(), uuid7())
    answer = auditor.get(READS, {"format": "csv"})
    assert len(b"".join(answer.streaming_content).splitlines()) == 2  # type: ignore[attr-defined]


def test_a_page_costs_the_same_however_long_it_is(house: House, auditor: Client) -> None:
    for _ in range(9):
        make_read(house.scope(), uuid7())

    def queries(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(auditor.get(READS, {"page_size": str(size), "cursor": ""}))) == size
        return len(captured)

    queries(1)
    assert queries(2) == queries(9)


def test_the_page_in_the_back_office_names_readers_and_records(house: House) -> None:
    users = [make_user(house, name=f"User {number}") for number in range(5)]
    row = make_read(house.scope(), *(user.pk for user in users))
    alice = caller(house, "*", name="Alice")
    assert "User 0, User 1, User 2 and 2 more" in text_of(alice.get(PAGE).content)
    page = alice.get(f"{PAGE}{row.pk}/change/")
    assert f'href="/backend/auth/user/{users[4].pk}/change/"' in page.content.decode()
    assert "North" in text_of(page.content)


def test_the_page_can_be_narrowed(house: House) -> None:
    make_read(house.scope(), actor_id=uuid7())
    mine = caller(house, "*", name="Alice")
    assert mine.get(PAGE, {"who": "mine"}).context["cl"].result_count == 0
    assert mine.get(PAGE, {"kind": "auth.user"}).context["cl"].result_count == 1
    assert mine.get(PAGE, {"kind": "shelf.book"}).context["cl"].result_count == 0
    assert mine.get(PAGE, {"how__exact": "export"}).context["cl"].result_count == 0


def test_the_page_is_closed_to_who_sees_own_changes_only(house: House) -> None:
    assert caller(house, "audit_logs.view_self").get(PAGE).status_code == 403


def test_the_pages_cost_the_same_however_many_records_a_read_had(house: House) -> None:
    alice = caller(house, "*", name="Alice")
    users = [make_user(house, name=f"User {number}").pk for number in range(6)]

    def queries(count: int) -> int:
        make_read(house.scope(), *users[:count])
        with CaptureQueriesContext(connection) as captured:
            assert alice.get(PAGE).status_code == 200
        return len(captured)

    queries(1)
    assert queries(1) == queries(6)
