"""Erasing a person: who may, what is refused, what is left; and a proof that looks through everything there is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import Client

from apps.customers import services
from apps.customers.models import Person
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING
from apps.kernel.commands.models import Action, Erasure, RowImage
from apps.kernel.errors import FeatureRequired
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.ids import uuid7
from apps.kernel.imports.models import ImportRun
from apps.kernel.ports import Mailer, ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Mail, Notification
from apps.webhooks.models import WebhookAttempt, WebhookDelivery
from tests.attachments.factories import uploaded
from tests.customers.factories import PEOPLE, clerk, make_company, make_person, make_tag
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import complaints, send
from tests.notifications.letters import template
from tests.search.factories import build_index, catch_up
from tests.search.test_secrets import tables_with
from tests.support.scopes import House, seeding
from tests.webhooks.factories import make_webhook

WORD = "qzvtoken"
PHONE = "601234987"
ACTIONS = "/api/audit_logs/actions/"
ALL = ("customers.*", "dictionaries.view", "audit_logs.*", "search.view", "attachments.*", "notifications.*")
WENT = {
    "action",
    "attachment",
    "contact_point",
    "customer_address",
    "consent",
    "customer",
    "idempotency_record",
    "mail",
    "notification",
    "person",
    "progress_job",
    "row_image",
    "search_document",
    "search_word",
    "stored_file",
    "import_run",
    "webhook_attempt",
    "webhook_delivery",
}
ORDER = {"name": "Ada Lovelace", "reason": "Letter of 3 March"}


@pytest.fixture(autouse=True)
def files(settings: LazySettings, tmp_path: Path) -> Path:
    """The storage of the test, and an index that follows."""
    settings.MEDIA_ROOT, settings.EXTENSIONS_DISABLED = tmp_path, []
    return tmp_path


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, *ALL)


def erase(client: Client, person: Person, **values: Any) -> Any:
    return send(client, "post", f"{PEOPLE}{person.pk}/erase/", {**ORDER, **values})


def test_what_is_left_says_nothing(bob: Client, house: House) -> None:
    person = make_person(house, job_title="Countess", custom={"pronouns": "she"}, source_id=None)
    certificate = erase(bob, person)
    assert certificate.status_code == 200, certificate.content
    record = bob.get(f"{PEOPLE}{person.pk}/").json()
    called = f"Erased person {person.pk.hex[-8:]}"
    assert (record["display_name"], record["first_name"], record["job_title"]) == (called, "", "")
    assert record["custom_fields"].get("pronouns") is None
    body = certificate.json()
    assert (body["label"], body["reason"], body["subject_id"]) == (called, "Letter of 3 March", str(person.pk))
    assert (body["counts"]["person"], body["counts"]["customer"]) == (1, 1)
    assert bob.get("/api/customers/erasures/").json()["results"] == [body]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"name": "Ada King"}, {"name": "customers.person.name_not_confirmed"}),
        ({"reason": "  "}, {"reason": "blank"}),
        ({"reason": "x" * 501}, {"reason": "max_length"}),
        ({"colour": "x"}, {"colour": "unknown"}),
    ],
)
def test_the_name_has_to_be_typed_and_a_reason_given(
    bob: Client, house: House, given: dict[str, str], complaint: dict[str, str]
) -> None:
    person = make_person(house)
    answer = erase(bob, person, **given)
    assert (answer.status_code, complaints(answer)) == (400, complaint)
    assert bob.get(f"{PEOPLE}{person.pk}/").json()["display_name"] == "Ada Lovelace"
    assert bob.get("/api/customers/erasures/").json()["count"] == 0


def test_capitals_and_blanks_of_the_name_do_not_matter(bob: Client, house: House) -> None:
    assert erase(bob, make_person(house), name="  ada   LOVELACE ").status_code == 200


def test_it_needs_a_feature_of_its_own(house: House) -> None:
    person = make_person(house)
    answer = erase(clerk(house, "customers.people.manage"), person)
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.erase")
    assert clerk(house, "customers.people.manage").get("/api/customers/erasures/").status_code == 403


def test_somebody_elses_person_is_missing(house: House, other_house: House) -> None:
    person = make_person(other_house)
    assert erase(clerk(house, *ALL), person).status_code == 404
    assert erase(clerk(house, *ALL, organization=house.south), make_person(house)).status_code == 404


def test_nothing_is_written_about_an_erased_person(bob: Client, house: House) -> None:
    person, other, company = make_person(house), make_person(house, "Ada King"), make_company(house)
    erase(bob, person)
    path = f"{PEOPLE}{person.pk}/"
    for answer in (
        send(bob, "patch", path, {"first_name": "Ada"}),
        send(bob, "post", f"{path}companies/", {"company_id": str(company.pk)}),
        send(bob, "post", f"{path}merge/", {"other_id": str(other.pk)}),
        send(bob, "post", f"{PEOPLE}{other.pk}/merge/", {"other_id": str(person.pk)}),
        erase(bob, person, name=f"Erased person {person.pk.hex[-8:]}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "customers.person.erased")
    assert bob.get(f"{PEOPLE}{other.pk}/").json()["display_name"] == "Ada King"
    assert bob.delete(path).status_code == 204


def test_what_brought_the_values_cannot_be_taken_back(bob: Client, house: House) -> None:
    person = make_person(house)
    changed = send(bob, "patch", f"{PEOPLE}{person.pk}/", {"job_title": "Countess"})
    undone = send(bob, "post", f"{ACTIONS}{changed['X-Action-Id']}/undo/", {})
    certificate = erase(bob, person)
    plan = bob.get(f"{ACTIONS}{changed['X-Action-Id']}/undo_plan/").json()
    assert plan["is_possible"] is False
    for action in (changed["X-Action-Id"], undone["X-Action-Id"], certificate["X-Action-Id"]):
        answer = send(bob, "post", f"{ACTIONS}{action}/undo/", {"cascade": True})
        assert answer.status_code == 409, (action, answer.content)
    redone = send(bob, "post", f"{ACTIONS}{changed['X-Action-Id']}/redo/", {})
    assert redone.status_code == 409, redone.content
    assert bob.get(f"{PEOPLE}{person.pk}/").json()["job_title"] == ""


def test_the_history_says_that_something_was_done_and_not_what(bob: Client, house: House) -> None:
    person = make_person(house)
    changed = send(bob, "patch", f"{PEOPLE}{person.pk}/", {"job_title": "Countess"})
    erase(bob, person)
    action = bob.get(f"{ACTIONS}{changed['X-Action-Id']}/").json()
    assert action["command"] == "customers.person.update"
    assert "Countess" not in str(action)
    assert "Lovelace" not in str(action)


def test_others_keep_their_history(bob: Client, house: House) -> None:
    person, other = make_person(house), make_person(house, "Mary Somerville")
    changed = send(bob, "patch", f"{PEOPLE}{other.pk}/", {"job_title": "Astronomer"})
    erase(bob, person)
    assert send(bob, "post", f"{ACTIONS}{changed['X-Action-Id']}/undo/", {}).status_code == 200
    with seeding(house.scope()):
        kept = RowImage.objects.filter(row_id=other.pk, operation="U").exclude(fingerprint="erased")
        assert [image.after["job_title"] for image in kept.order_by("seq")] == ["Astronomer", ""]


def test_what_points_to_the_person_goes_on_pointing(bob: Client, house: House) -> None:
    person = make_person(house)
    erase(bob, person)
    found = bob.get(f"{PEOPLE}?fields=display_name").json()["results"]
    assert found == [{"display_name": f"Erased person {person.pk.hex[-8:]}"}]


@pytest.mark.parametrize("statement", ["UPDATE erasure SET reason = 'other'", "DELETE FROM erasure"])
def test_nobody_changes_a_certificate(bob: Client, house: House, statement: str) -> None:
    erase(bob, make_person(house))
    with using_scope(house.scope()), scoped_transaction(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


def test_history_is_not_erased_without_a_certificate_of_the_same_transaction(bob: Client, house: House) -> None:
    person = make_person(house)
    certificate = erase(bob, person).json()["id"]
    call = "SELECT erase_history(%s, '{}', '[]', '{}')"
    for given in (certificate, str(uuid7())):
        with using_scope(house.scope()), scoped_transaction(), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(call, [given])


@pytest.mark.committed
def test_nothing_of_an_erased_person_is_anywhere(
    house: House, files: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    bob = clerk(house, *ALL)
    build_index(house, "customers.person")
    person = lived(bob, house)
    catch_up()
    assert bob.get("/api/search/", {"q": f"{WORD}last"}).json()["count"] == 1
    before = tables_with(WORD)
    assert {"person", "customer", "row_image", "action", "search_document", "notification", "webhook_delivery"} <= set(
        before
    )
    assert stored_with(files, WORD) == 3
    caplog.clear()
    capfd.readouterr()
    certificate = erase(bob, person, name=f"{WORD}first {WORD}last")
    assert certificate.status_code == 200, certificate.content
    catch_up()
    sweep("work")
    assert tables_with(WORD) == []
    assert tables_with(PHONE) == []
    assert stored_with(files, WORD) == 0
    assert WORD not in f"{caplog.text}{''.join(capfd.readouterr())}".lower()
    assert bob.get("/api/search/", {"q": f"{WORD}last"}).json()["count"] == 0
    assert sealed_rests(house, person) == []
    assert {name for name, number in certificate.json()["counts"].items() if number} >= WENT


def lived(bob: Client, house: House) -> Person:
    """A person with the word in each of their fields, who was written about, mailed, exported and found."""
    text = ("preferred_name", "job_title", "department", "seniority", "description")
    values = {
        **{name: f"{WORD}{name}" for name in text},
        "first_name": f"{WORD}first",
        "last_name": f"{WORD}last",
        "linkedin_url": f"https://example.org/{WORD}",
        "contact_points": [
            {"channel": "email", "value": f"{WORD}@example.org"},
            {"channel": "phone", "value": f"+48 {PHONE}"},
        ],
        "addresses": [{"purpose": "home", "line1": f"{WORD} 1", "city": WORD, "region": WORD, "country": "PL"}],
        "tag_ids": [str(make_tag(house).pk)],
        "custom_fields": {"pronouns": f"{WORD}pronouns"},
    }
    made = send(bob, "post", PEOPLE, values, **{"Idempotency-Key": "first", "X-Change-Reason": f"{WORD}reason"})
    assert made.status_code == 201, made.content
    person = made.json()["id"]
    changed = send(bob, "patch", f"{PEOPLE}{person}/", {"job_title": f"{WORD}former", "addresses": []})
    assert send(bob, "post", f"{ACTIONS}{changed['X-Action-Id']}/undo/", {}).status_code == 200
    assert send(bob, "post", f"{ACTIONS}{changed['X-Action-Id']}/redo/", {}).status_code == 200
    assert send(bob, "patch", f"{PEOPLE}{person}/", {"addresses": values["addresses"]}).status_code == 200
    written_about(bob, house, person)
    with seeding(house.scope()):
        row: Person = Person.objects.get(pk=person)
        return row


def written_about(bob: Client, house: House, person: str) -> None:
    """Consent, file, export, mail and notification."""
    purpose = entry_of(house, make_dictionary(house, "news", key="customers.consent_purpose"), "news")
    consent = {"purpose_id": str(purpose.pk), "state": "given", "source": WORD, "evidence": WORD}
    assert send(bob, "post", f"{PEOPLE}{person}/consents/", consent).status_code == 201
    attached = {"entity": Person.entity_id, "record_id": person}
    uploaded(bob, None, f"{WORD} in a file".encode(), f"{WORD}.txt", **attached)
    with using_scope(house.scope(house.north)), template("tests.about", subject=WORD, body=WORD):
        with scoped_transaction():
            service(Mailer).queue("tests.about", f"{WORD}@example.org", {})
            job = service(ProgressReporter).open("tests.export", name="Export")
            Notification(
                recipient_kind="staff",
                recipient_id=uuid7(),
                type="tests.about",
                title=WORD,
                body=WORD,
                source_id=person,
            ).save(force_insert=True)
        sent_and_imported(house, person)
        file = default_storage.save(f"exports/{house.tenant.pk}/{job}.csv", ContentFile(WORD.encode()))
        service(ProgressReporter).complete(job, {"rows": 1, "file": file, "file_name": "customers-person-1.csv"})


def sent_and_imported(house: House, person: str) -> None:
    """The body of a webhook that told of the person, and a file that they were imported from."""
    webhook = make_webhook(house).webhook
    kept = default_storage.save(f"imports/{house.tenant.pk}/people.csv", ContentFile(WORD.encode()))
    place = house.scope(house.north)
    with using_scope(place), scoped_transaction():
        event = OutboxEvent.objects.filter(record_id=person).order_by("seq").last()
        assert event is not None
        told = {"event_type": event.name, "payload": {"name": WORD}, "organization_id": event.organization_id}
        sent = WebhookDelivery(webhook_id=webhook.pk, event_id=event.pk, **told)
        sent.save(force_insert=True)
        WebhookAttempt(delivery=sent, number=1, started_at=clock.now(), response_body=WORD).save(force_insert=True)
        owner = {"owner_kind": "staff", "owner_label": "Bob"}
        run = ImportRun(entity=Person.entity_id, state="done", file=kept, file_name="people.csv", **owner)
        run.ended_at = clock.now()
        run.save(force_insert=True)


def stored_with(folder: Path, text: str) -> int:
    """How many stored files hold the text in their content or name."""
    every = [path for path in folder.rglob("*") if path.is_file()]
    return sum(text.encode() in path.read_bytes() or text in path.name for path in every)


def sealed_rests(house: House, person: Person) -> list[str]:
    """Tables whose images still hold something sealed of the person, or of a mail to them."""
    with seeding(house.scope()):
        sealed = RowImage.objects.filter(table_name__in=("contact_point", "customer_address", "consent"))
        found = [
            image.table_name
            for image in sealed
            for values in (image.before, image.after)
            if values and any(values.get(name) for name in ("value", "line1", "city", "evidence"))
        ]
        mails = Mail.objects.exclude(recipient__isnull=True, subject__isnull=True, text__isnull=True).count()
        return [*found, *["mail"] * mails]


def test_the_counts_are_what_went(bob: Client, house: House) -> None:
    person, company = make_person(house), make_company(house)
    with seeding(house.scope(house.north)):
        company.staff.create(person=person, organization_id=company.organization_id)
    counts = erase(bob, person).json()["counts"]
    assert (counts["person_company"], counts["contact_point"]) == (1, 0)
    with seeding(house.scope()):
        assert Erasure.objects.get().counts == counts
        assert Action.objects.get(command="customers.person.erase").input == {
            "person_id": str(person.pk),
            "name": "[redacted]",
            "reason": "Letter of 3 March",
        }


def test_the_service_asks_for_the_feature(house: House) -> None:
    person = make_person(house)
    with using_scope(house.scope(house.north, access=NOTHING)), pytest.raises(FeatureRequired):
        services.erase_person(person.pk, **ORDER)


@pytest.mark.committed
def test_what_is_said_planned_and_merged_goes_too(house: House) -> None:
    bob = clerk(house, *ALL)
    person, twin = make_person(house, f"{WORD}first {WORD}last"), make_person(house, f"{WORD}twin {WORD}last")
    for about in (person, twin):
        body = {"customer_id": str(about.pk), "body": f"{WORD} owes us money."}
        assert send(bob, "post", "/api/customers/comments/", body).status_code == 201
        plan = {"customer_id": str(about.pk), "title": f"Call {WORD}", "type": "call", "body": WORD}
        assert send(bob, "post", "/api/customers/interactions/", plan).status_code == 201
    merged = send(bob, "post", f"{PEOPLE}{person.pk}/merge/", {"other_id": str(twin.pk)})
    assert merged.status_code == 200, merged.content
    assert "customer_comment" in tables_with(WORD)
    assert erase(bob, person, name=bob.get(f"{PEOPLE}{person.pk}/").json()["display_name"]).status_code == 200
    assert tables_with(WORD) == []
    certificates = bob.get("/api/customers/erasures/").json()["results"]
    assert {item["subject_id"] for item in certificates} == {str(person.pk), str(twin.pk)}
