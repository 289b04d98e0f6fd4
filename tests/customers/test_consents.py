"""The ledger of consents: it only grows, the newest row counts, and it is as hidden as the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from apps.customers.models import Person
from apps.customers.selectors import current_consents
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from tests.customers.factories import PEOPLE, clerk, make_person
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import complaints, send
from tests.support.scopes import House, seeding

CONSENTS = "/api/customers/consents/"


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


@pytest.fixture
def ada(house: House) -> Person:
    return make_person(house)


@pytest.fixture
def news(house: House) -> str:
    return str(entry_of(house, make_dictionary(house, "news", key="customers.consent_purpose"), "news").pk)


def say(client: Client, person: Person, state: str, purpose: str, **values: Any) -> Any:
    return send(client, "post", f"{PEOPLE}{person.pk}/consents/", {"state": state, "purpose_id": purpose, **values})


def ledger(client: Client, person: Person) -> dict[str, Any]:
    answer = client.get(f"{PEOPLE}{person.pk}/consents/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_newest_row_of_a_purpose_and_channel_counts(bob: Client, ada: Person, news: str) -> None:
    assert say(bob, ada, "given", news, channel="email", source="Form", evidence="Yes, please").status_code == 201
    assert say(bob, ada, "given", news, channel="phone").status_code == 201
    assert say(bob, ada, "withdrawn", news, channel="email").status_code == 201
    found = ledger(bob, ada)
    assert [(row["channel"], row["state"]) for row in found["history"]] == [
        ("email", "withdrawn"),
        ("phone", "given"),
        ("email", "given"),
    ]
    assert {(row["channel"], row["state"]) for row in found["current"]} == {("email", "withdrawn"), ("phone", "given")}
    assert (found["history"][2]["source"], found["history"][2]["evidence"]) == ("Form", "Yes, please")
    assert found["history"][0]["recorded_by_label"] == "Bob"


def test_what_was_said_earlier_and_written_down_later_does_not_count(bob: Client, ada: Person, news: str) -> None:
    say(bob, ada, "withdrawn", news)
    say(bob, ada, "given", news, at="2024-03-01T09:00:00Z")
    assert [row["state"] for row in ledger(bob, ada)["current"]] == ["withdrawn"]


def test_current_consents_of_many_are_one_query(bob: Client, house: House, news: str) -> None:
    people = [make_person(house, name) for name in ("Ada Lovelace", "Mary Somerville")]
    for person in people:
        say(bob, person, "given", news)
        say(bob, person, "withdrawn", news)
    with seeding(house.scope()):
        found = current_consents([person.pk for person in people])
    assert {key: [row.state for row in rows] for key, rows in found.items()} == {
        person.pk: ["withdrawn"] for person in people
    }


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, {"at": "customers.consent.in_future"}),
        ({"at": "0001-01-01T00:00:00Z"}, {"at": "customers.consent.too_early"}),
        ({"at": "yesterday"}, {"at": "invalid"}),
        ({"channel": "pigeon"}, {"channel": "invalid_choice"}),
        ({"state": "perhaps"}, {"state": "invalid_choice"}),
        ({"purpose_id": str(UUID(int=7))}, {"purpose_id": "kernel.reference.unknown"}),
        ({"source": "x" * 201}, {"source": "max_length"}),
        ({"colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    bob: Client, ada: Person, news: str, given: dict[str, str], complaint: dict[str, str]
) -> None:
    answer = say(bob, ada, **{"state": "given", "purpose": news, **given})
    assert (answer.status_code, complaints(answer)) == (400, complaint)
    assert ledger(bob, ada) == {"current": [], "history": []}


def test_writing_needs_the_right_to_change_people(house: House, ada: Person, news: str) -> None:
    reader = clerk(house, "customers.people.view")
    assert say(reader, ada, "given", news).status_code == 403
    assert ledger(reader, ada)["history"] == []
    assert clerk(house, "customers.companies.view").get(f"{PEOPLE}{ada.pk}/consents/").status_code == 403


def test_foreign_and_deleted_people_have_none(bob: Client, ada: Person, news: str, other_house: House) -> None:
    assert bob.delete(f"{PEOPLE}{ada.pk}/").status_code == 204
    for person in (ada, make_person(other_house)):
        assert bob.get(f"{PEOPLE}{person.pk}/consents/").status_code == 404
        assert say(bob, person, "given", news).status_code == 404


def test_it_cannot_be_undone_and_keeps_the_evidence_out_of_the_history(bob: Client, ada: Person, news: str) -> None:
    answer = say(bob, ada, "given", news, evidence="Signed on paper")
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 409
    assert len(ledger(bob, ada)["history"]) == 1


def test_the_input_is_kept_without_the_evidence(bob: Client, house: House, ada: Person, news: str) -> None:
    say(bob, ada, "given", news, evidence="Signed on paper")
    with seeding(house.scope()):
        assert Action.objects.get(command="customers.person.give_consent").input["evidence"] == "[redacted]"


@pytest.mark.parametrize(
    "change",
    [
        "state = 'withdrawn'",
        "at = at - interval '1 day'",
        "source = 'elsewhere'",
        "evidence = NULL",
        "channel = 'post'",
        "recorded_by_label = 'Carol'",
        "created_at = created_at - interval '1 day'",
    ],
)
def test_the_database_changes_no_row(bob: Client, house: House, ada: Person, news: str, change: str) -> None:
    say(bob, ada, "given", news, evidence="Yes")
    with seeding(house.scope()), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(f"UPDATE consent SET {change}")


def test_merged_purposes_take_the_consents_along_and_undo_brings_them_back(
    bob: Client, house: House, ada: Person
) -> None:
    kept = make_dictionary(house, "news", "letters", key="customers.consent_purpose")
    news, letters = (entry_of(house, kept, value).pk for value in ("news", "letters"))
    say(bob, ada, "given", str(news))
    with using_scope(house.scope()), collecting_actions() as actions:
        execute(COMMANDS["dictionaries.entry.merge"], (news,), {"into_id": letters})
        assert [row["purpose_id"] for row in ledger(bob, ada)["history"]] == [str(letters)]
        undo(actions[-1])
    assert [row["purpose_id"] for row in ledger(bob, ada)["history"]] == [str(news)]


def test_files_of_consents_need_a_feature_of_their_own(house: House, ada: Person, news: str) -> None:
    """They hold the e-mails of everybody, as files of people do."""
    looking = clerk(house, "customers.people.view")
    answer = looking.get(CONSENTS, {"format": "csv"})
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.export")
    assert looking.get(CONSENTS).status_code == 200


def test_the_list_of_all_is_filtered_and_exported(bob: Client, ada: Person, news: str) -> None:
    say(bob, ada, "given", news)
    say(bob, ada, "withdrawn", news)
    found = bob.get(f"{CONSENTS}?state=given&customer_id={ada.pk}").json()["results"]
    assert [(row["state"], row["customer_id"]) for row in found] == [("given", str(ada.pk))]
    lines = b"".join(bob.get(f"{CONSENTS}?format=csv&fields=customer_id,state").streaming_content)  # type: ignore[attr-defined]
    assert lines.decode().splitlines() == ["customer_id,state", f"{ada.pk},withdrawn", f"{ada.pk},given"]
