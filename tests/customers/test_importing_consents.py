"""Files into the ledgers of consents: whose rows they are, what is refused, one undo, and there and back again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from apps.auth.models import User
from apps.customers.models import Consent, Person
from apps.customers.services import create_person
from apps.dictionaries.contracts import DictionaryBook
from apps.dictionaries.services.seeding import seed_system_dictionaries
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import FeatureRequired
from apps.kernel.ids import uuid7
from apps.kernel.imports.models import ImportProblem, ImportRun, RunState
from apps.kernel.imports.runs import drafts
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import reading
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user, scope_as
from tests.backoffice.conftest import signed_in
from tests.customers.factories import FEATURES, PEOPLE
from tests.customers.test_exporting import content
from tests.directory.callers import client_of, member, send
from tests.support.digests import digest
from tests.support.scopes import House

ENTITY = "customers.consent"
LIST = "/api/customers/consents/"
pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def alice(house: House) -> User:
    return make_user(house, name="Alice", roles=(make_role(house, "*"),), home_organization_id=house.north.pk)


@pytest.fixture
def scope(house: House, alice: User) -> Iterator[Scope]:
    """Everything below is done in North by somebody who may."""
    found = house.scope(house.north, actor_id=alice.pk)
    with using_scope(found), reading():
        seed_system_dictionaries()
        yield found


def somebody(name: str, *mails: str, **values: Any) -> Person:
    points = [{"channel": "email", "value": mail} for mail in mails]
    found: Person = create_person(first_name=name, contact_points=points, **values)
    return found


def work(text: str | bytes, *, name: str = "consents.csv", rehearse: bool = False) -> ImportRun:
    file = text if isinstance(text, bytes) else text.encode()
    run = drafts.take(ENTITY, io.BytesIO(file), name)
    drafts.begin(drafts.run_of(run.pk), rehearse=rehearse)
    sweep("work")
    done: ImportRun = drafts.run_of(run.pk)
    assert done.state in {RunState.DONE, RunState.CHECKED}, done.reason
    return done


def counts(run: ImportRun) -> dict[str, int]:
    return {name: count for name, count in run.counts.items() if count}


def problems(run: ImportRun) -> dict[int, list[tuple[str, str]]]:
    found = ImportProblem.objects.filter(run=run).order_by("row").values_list("row", "problems")
    return {row: [(item["field"], item["code"]) for item in items] for row, items in found}


def ledger() -> list[tuple[str, str, str, str, str]]:
    rows = Consent.objects.order_by("at", "pk").select_related("customer")
    return [(str(row.customer), row.channel, row.state, row.source, row.evidence) for row in rows]


def test_people_are_named_by_e_mail_or_id_and_columns_in_every_language(scope: Scope, alice: User) -> None:
    ada, bob = somebody("Ada", "ada@example.org"), somebody("Bob")
    rows = (
        "E-Mail-Adresse;customer_id;Zweck;Kanał;Estado;When;Źródło;Proof",
        "ADA@example.org ;;newsletter;e-mail;given;2026-03-01 10:00;Fair;Yes, please",
        f";{bob.pk};Newsletter;;withdrawn;2026-03-02;;",
    )
    run = work("\n".join(rows))
    assert (counts(run), problems(run)) == ({"created": 2}, {})
    assert ledger() == [
        ("Ada", "email", "given", "Fair", "Yes, please"),
        ("Bob", "any", "withdrawn", "", ""),
    ]
    first = Consent.objects.order_by("at").first()
    assert first is not None
    purposes = {item.value: item.id for item in service(DictionaryBook).entries("customers.consent_purpose")}
    assert (first.customer_id, first.purpose_id, first.recorded_by) == (ada.pk, purposes["newsletter"], alice.pk)


def test_each_row_that_cannot_be_is_refused_by_its_field_and_the_others_go_in(scope: Scope, house: House) -> None:
    somebody("Ada", "ada@example.org")
    for name in ("Eve", "Eva"):
        somebody(name, "shared@example.org")
    later = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M}Z"
    rows = (
        "email,customer_id,purpose_id,state,channel,at,source",
        "nobody@example.org,,newsletter,given,,,",
        "shared@example.org,,newsletter,given,,,",
        f",{uuid7()},newsletter,given,,,",
        ",,newsletter,given,,,",
        "ada@example.org,,dancing,given,,,",
        "ada@example.org,,newsletter,perhaps,,,",
        "ada@example.org,,newsletter,given,pigeon,,",
        f"ada@example.org,,newsletter,given,,{later},",
        f"ada@example.org,,newsletter,given,,,{'x' * 201}",
        "ada@example.org,,,given,,,",
        "no mail,,newsletter,given,,,",
        "ada@example.org,,newsletter,given,,,Fair",
    )
    run = work("\n".join(rows))
    assert counts(run) == {"created": 1, "error": 11}
    assert problems(run) == {
        2: [("email", "kernel.reference.unknown")],
        3: [("email", "kernel.import.ambiguous")],
        4: [("customer_id", "kernel.reference.unknown")],
        5: [("", "customers.consent.no_person")],
        6: [("purpose_id", "kernel.reference.unknown")],
        7: [("state", "kernel.import.choice")],
        8: [("channel", "kernel.import.choice")],
        9: [("at", "customers.consent.in_future")],
        10: [("source", "max_length")],
        11: [("purpose_id", "kernel.import.required")],
        12: [("email", "kernel.import.email")],
    }


@contextmanager
def north(house: House, user: User) -> Iterator[None]:
    """Act in North as the user, as a page or a worker does."""
    acting = in_organization(scope_as(house, user), house.north.pk)
    with using_scope(acting), reading():
        yield


def test_who_is_not_seen_or_not_to_be_changed_is_nobody(house: House) -> None:
    carol, bob = (member(house, *FEATURES, name=name) for name in ("Carol", "Bob"))
    with using_scope(house.scope(house.north)), reading():
        seed_system_dictionaries()
        hidden, shown, gone = (somebody(name, f"{name}@example.org") for name in ("zoe", "sue", "gil"))
    with using_scope(house.scope(house.south)):
        somebody("fay", "fay@example.org")
    owner = client_of(carol, organization=house.north)
    for row in (hidden, shown):
        assert send(owner, "post", f"{PEOPLE}{row.pk}/restrict/", {}).status_code == 200
    assert send(owner, "post", f"{PEOPLE}{shown.pk}/share/", {"user_id": str(bob.pk)}).status_code == 200
    assert send(owner, "delete", f"{PEOPLE}{gone.pk}/").status_code == 204
    mails = [f"{name}@example.org,newsletter,given" for name in ("zoe", "gil", "fay", "sue")]
    with north(house, bob):
        run = work("\n".join(("email,purpose,state", *mails)))
        unknown = [("email", "kernel.reference.unknown")]
        assert problems(run) == {2: unknown, 3: unknown, 4: unknown, 5: [("email", "kernel.record.read_only")]}
        assert ledger() == []


def test_an_import_is_one_change_and_one_undo(scope: Scope) -> None:
    somebody("Ada", "ada@example.org")
    text = "email,purpose,state,at\n" + "".join(
        f"ada@example.org,newsletter,{'given' if day % 2 else 'withdrawn'},2026-01-{day:02}\n" for day in range(1, 29)
    )
    before = digest("consent")
    assert counts(work(text, rehearse=True)) == {"created": 28}
    assert digest("consent") == before
    run = work(text)
    assert (counts(run), Consent.objects.count()) == ({"created": 28}, 28)
    assert run.action_id is not None
    undo(run.action_id)
    assert digest("consent") == before


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_exported_and_is_imported_again_changes_nothing(house: House, alice: User, form: str) -> None:
    with north(house, alice):
        seed_system_dictionaries()
        somebody("Ada", "ada@example.org")
        row = "ada@example.org,newsletter,given,2026-01-05 08:30,phone,Said so"
        work(f"email,purpose,state,at,channel,evidence\n{row}\n")
    file = content(client_of(alice, organization=house.north), LIST, format=form)
    if form == "csv":
        [shown] = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
        assert (shown["email"], shown["person"], shown["purpose"]) == ("ada@example.org", "Ada", "Newsletter")
    with north(house, alice):
        assert counts(work(file, name=f"consents.{form}")) == {"unchanged": 1}
        assert [item[2:] for item in ledger()] == [("given", "", "Said so")]


def test_importing_asks_for_both_features(house: House) -> None:
    for features in (("customers.people.manage",), ("customers.import", "customers.people.view")):
        with north(house, member(house, *features)), pytest.raises(FeatureRequired):
            drafts.take(ENTITY, io.BytesIO(b"email,state\na@b.example,given\n"), "x.csv")


def test_the_list_of_consents_has_the_button(alice: User, house: House) -> None:
    address = reverse("admin:customers_consent_changelist")
    client = signed_in(alice)
    [upload] = set(re.findall(r'href="([^"]*/import/[^"]*)"', client.get(address).content.decode()))
    file = io.BytesIO(b"email,purpose,state\nada@example.org,newsletter,given\n")
    file.name = "consents.csv"
    columns = client.post(upload, {"file": file}, follow=True)
    assert columns.status_code == 200
    for word in ("Id of the person", "purpose_id", "ada@example.org"):
        assert word in columns.content.decode(), word
    reader = make_user(house, roles=(make_role(house, "customers.people.view"),), home_organization_id=house.north.pk)
    assert "/import/" not in signed_in(reader).get(address).content.decode()
