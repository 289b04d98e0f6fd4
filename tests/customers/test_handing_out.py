"""Everything about a person as one file: what is in it, who gets it, and that it is noted."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.test import Client

from apps.audit_logs.models import ReadAccess
from apps.customers.models import Person
from apps.kernel import clock
from apps.kernel.commands.models import Action
from apps.kernel.ports import Mailer
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.attachments.factories import uploaded
from tests.auth.factories import make_role, make_user, reading_in
from tests.backoffice.conftest import signed_in
from tests.customers.factories import PEOPLE, clerk, make_person, make_tag
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import complaints, send
from tests.notifications.letters import template
from tests.support.scopes import House, seeding

FEATURES = ("customers.*", "dictionaries.view", "attachments.*")
ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "contact_points": [{"channel": "email", "value": "ada@example.org"}],
    "addresses": [{"purpose": "home", "line1": "St James's Square 12", "city": "London", "country": "GB"}],
    "custom_fields": {"pronouns": "she"},
}


@pytest.fixture(autouse=True)
def _files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, *FEATURES)


def asked(client: Client, person: Any) -> str:
    answer = send(client, "post", f"{PEOPLE}{person}/export/", {})
    assert answer.status_code == 202, answer.content
    sweep("work")
    return str(answer.json()["progress_job_id"])


def downloaded(client: Client, job: str) -> zipfile.ZipFile:
    answer = client.get(f"/api/progress/jobs/{job}/download/")
    assert answer.status_code == 200, client.get(f"/api/progress/jobs/{job}/").content
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def known(bob: Client, house: House) -> str:
    """A person of whom there is something of everything."""
    made = send(bob, "post", PEOPLE, {**ADA, "tag_ids": [str(make_tag(house, "Countess").pk)]})
    person = str(made.json()["id"])
    send(bob, "patch", f"{PEOPLE}{person}/", {"job_title": "Programmer", "contact_points": []})
    purpose = entry_of(house, make_dictionary(house, "news", key="customers.consent_purpose"), "news")
    consent = {"purpose_id": str(purpose.pk), "state": "given", "evidence": "Yes, please"}
    assert send(bob, "post", f"{PEOPLE}{person}/consents/", consent).status_code == 201
    uploaded(bob, None, b"Notes on the engine", "notes.txt", entity=Person.entity_id, record_id=person)
    letter = template("tests.about", subject="Hello Ada", body="A letter")
    with using_scope(house.scope(house.north)), letter, scoped_transaction():
        service(Mailer).queue("tests.about", "ada@example.org", {})
    return person


def test_everything_that_is_held_is_in_it(bob: Client, house: House) -> None:
    archive = downloaded(bob, asked(bob, known(bob, house)))
    data = {
        name.removeprefix("data/").removesuffix(".json"): json.loads(archive.read(name))
        for name in archive.namelist()
        if name.startswith("data/")
    }
    [record] = data["customers.person"]
    assert (record["display_name"], record["job_title"], record["custom"]) == (
        "Ada Lovelace",
        "Programmer",
        {"pronouns": "she"},
    )
    assert [row["line1"] for row in data["customers.addresses"]] == ["St James's Square 12"]
    assert [(row["purpose"], row["evidence"]) for row in data["customers.consents"]] == [("news", "Yes, please")]
    assert [row["tag_id"] is not None for row in data["customers.taggings"]] == [True]
    assert [(row["name"], row["size"]) for row in data["attachments.files"]] == [("notes.txt", 19)]
    assert [row["subject"] for row in data["notifications.mails"]] == ["Hello Ada"]  # to an address of former days
    changed = [row["changes"] for row in data["customers.history"] if row["command"] == "customers.person.update"]
    assert changed == [[{"job_title": {"from": "", "to": "Programmer"}, **_bumped(changed)}]]
    assert archive.read("files/attachments.files/001-notes.txt") == b"Notes on the engine"
    assert "St James&#x27;s Square 12" in archive.read("summary.html").decode()


def _bumped(changed: list[list[dict[str, Any]]]) -> dict[str, Any]:
    return {name: value for name, value in changed[0][0].items() if name == "version"}


def test_it_is_written_in_the_language_and_the_zone_of_whoever_asked(house: House) -> None:
    person = make_person(house)
    clerks = make_role(house, "*")
    user = make_user(house, roles=(clerks,), home_organization_id=house.north.pk, time_zone="Asia/Tokyo")
    page = signed_in(user)
    with clock.frozen(datetime(2026, 7, 1, 22, tzinfo=UTC)):
        answer = page.post(f"/backend/customers/person/{person.pk}/do/export/", headers={"Accept-Language": "de"})
        assert answer.status_code == 302
        sweep("work")
    with reading_in(house):
        job = Job.objects.get()
    with default_storage.open(job.file) as file:
        summary = zipfile.ZipFile(file).read("summary.html").decode()
    assert '<html lang="de">' in summary
    assert "2026-07-02 07:00 Asia/Tokyo" in summary


def test_a_deleted_person_may_ask_as_well(bob: Client, house: House) -> None:
    person = make_person(house)
    assert bob.delete(f"{PEOPLE}{person.pk}/").status_code == 204
    assert "data/customers.person.json" in downloaded(bob, asked(bob, person.pk)).namelist()


def test_asking_and_handing_out_are_noted(bob: Client, house: House) -> None:
    person = make_person(house)
    downloaded(bob, asked(bob, person.pk))
    with seeding(house.scope()):
        action = Action.objects.get(command="customers.person.export")
        assert (action.resource_id, action.actor_label) == (person.pk, "Bob")
        [read] = ReadAccess.objects.filter(how="export")
        assert (read.entity, read.record_ids) == ("customers.person", [str(person.pk)])


def test_only_who_asked_gets_the_file(bob: Client, house: House) -> None:
    job = asked(bob, make_person(house).pk)
    assert clerk(house, *FEATURES).get(f"/api/progress/jobs/{job}/download/").status_code == 404


def test_who_sees_the_person_no_longer_gets_nothing(house: House) -> None:
    person = make_person(house)
    carol = clerk(house, "customers.people.view", "customers.subjects.export")
    job = send(carol, "post", f"{PEOPLE}{person.pk}/export/", {}).json()["progress_job_id"]
    with seeding(house.scope()):
        Person.objects.filter(pk=person.pk).update(is_restricted=True)
    sweep("work")
    found = carol.get(f"/api/progress/jobs/{job}/").json()
    assert (found["status"], found["result"]) == ("failed", {})
    assert send(carol, "post", f"{PEOPLE}{person.pk}/export/", {}).status_code == 404


def test_it_needs_a_feature_of_its_own(house: House, other_house: House, bob: Client) -> None:
    reader = clerk(house, "customers.people.manage")
    answer = send(reader, "post", f"{PEOPLE}{make_person(house).pk}/export/", {})
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.subjects.export")
    for person in (make_person(other_house).pk, UUID(int=7)):
        assert send(bob, "post", f"{PEOPLE}{person}/export/", {}).status_code == 404
    answer = send(bob, "post", f"{PEOPLE}{make_person(house).pk}/export/", {"colour": "red"})
    assert complaints(answer) == {"colour": "unknown"}
