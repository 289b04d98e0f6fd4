"""Values that lead to entries of dictionaries and to files: which are taken, and what people see of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.attachments.models import Attachment
from apps.auth.models import User
from apps.currencies.models import Currency
from apps.dictionaries.models import Dictionary
from apps.kernel.errors import InvalidInput
from tests.attachments.factories import LIST as FILES
from tests.attachments.factories import uploaded
from tests.dictionaries.factories import ENTRIES, entry_of, make_dictionary
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, DEFINITIONS, body_of, make_field
from tests.support.scopes import House, seeding

MONEY = "/backend/currencies/currency/"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def user(house: House) -> User:
    features = ("currencies.manage", "currencies.view", "dictionaries.manage", "entities.definitions.manage")
    return member(house, *features, "audit_logs.view", "audit_logs.undo_self")


@pytest.fixture
def bob(house: House, user: User) -> Client:
    return client_of(user, organization=house.north)


@pytest.fixture
def sources(house: House) -> Dictionary:
    return make_dictionary(house, "Fair", "Web", key="sources")


def id_of(house: House, dictionary: Dictionary, value: str) -> str:
    return str(entry_of(house, dictionary, value).pk)


def made(client: Client, code: str, **body: Any) -> dict[str, Any]:
    answer = send(client, "post", CURRENCIES, {"code": code, **body})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def owner_of(house: House, file_id: str) -> str | None:
    """The record that a file is on."""
    with seeding(house.scope()):
        record_id = Attachment.objects.get(pk=file_id).record_id
        return str(record_id) if record_id else None


def codes(house: House) -> list[str]:
    with seeding(house.scope()):
        return list(Currency.objects.filter(deleted_at__isnull=True).order_by("code").values_list("code", flat=True))


def test_values_of_the_field_s_dictionary_are_taken_only(bob: Client, house: House, sources: Dictionary) -> None:
    make_field(house, "source", "dictionary", dictionary="sources")
    make_field(house, "second", "dictionary", dictionary="sources")
    own = make_dictionary(house, "Nearer", key="sources", owner=house.north)
    other = make_dictionary(house, "Red", key="colours")
    hidden = make_dictionary(house, "South", key="sources", owner=house.south)
    ned = client_of(member(house, "currencies.manage", only=(house.north,), name="Ned"), organization=house.north)
    red, south = id_of(house, other, "Red"), id_of(house, hidden, "South")
    answer = send(ned, "post", CURRENCIES, {"code": "CHF", "cf_source": red, "cf_second": south})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "custom_fields.source": "entities.value.other_dictionary",
            "custom_fields.second": "kernel.reference.unknown",
        },
    )
    assert codes(house) == []
    values = {"cf_source": id_of(house, own, "Nearer"), "cf_second": id_of(house, sources, "Fair")}
    assert send(ned, "post", CURRENCIES, {"code": "CHF", **values}).status_code == 201


def test_many_values_are_looked_up_at_once(bob: Client, house: House, sources: Dictionary) -> None:
    fair, web = (id_of(house, sources, value) for value in ("Fair", "Web"))
    for key in ("one", "two", "three"):
        make_field(house, key, "dictionary", dictionary="sources")
    costs = []
    for code, given in (("CHF", {"cf_one": fair}), ("EUR", {"cf_one": fair, "cf_two": web, "cf_three": fair})):
        with CaptureQueriesContext(connection) as captured:
            made(bob, code, **given)
        costs.append(sum('FROM "dictionary_entry"' in query["sql"] for query in captured))
    assert costs == [2, 2]  # one holds them against deletion, one says whose they are


def test_labels_of_values_stand_in_lists_forms_and_the_history(bob: Client, house: House, sources: Dictionary) -> None:
    make_field(house, "source", "dictionary", dictionary="sources", is_listed=True)
    fair, web = (id_of(house, sources, value) for value in ("Fair", "Web"))
    record = made(bob, "CHF", cf_source=fair)
    page = f"{MONEY}{record['id']}/"
    form = bob.get(f"{page}change/").context["adminform"].form
    assert form.fields["cf_source"].choices == [("", "—"), (fair, "Fair"), (web, "Web")]
    body = body_of(bob.get(f"{page}change/"))
    assert body["cf_source"] == fair
    assert bob.post(f"{page}change/", {**body, "name": "Franc"}).status_code == 302
    assert bob.post(f"{page}change/", {**body_of(bob.get(f"{page}change/")), "cf_source": web}).status_code == 302
    send(bob, "patch", f"{ENTRIES}{web}/", {"label": "Our <site>"})
    assert "Our &lt;site&gt;" in bob.get(MONEY).content.decode().partition("CHF")[2]
    entry = bob.get(f"{page}history/").context["entries"][0]
    told = [(item.label, item.old, item.new) for item in entry.diff.rows[0].fields]
    assert told == [("Source", "Fair", "Our <site>")]


def test_a_form_offers_what_the_record_holds_of_a_dictionary_that_is_off(
    bob: Client, house: House, sources: Dictionary
) -> None:
    make_field(house, "source", "dictionary", dictionary="sources")
    fair = id_of(house, sources, "Fair")
    record = made(bob, "CHF", cf_source=fair)
    send(bob, "patch", f"/api/dictionaries/dictionaries/{sources.pk}/", {"is_active": False})
    page = f"{MONEY}{record['id']}/change/"
    form = bob.get(page).context["adminform"].form
    assert form.fields["cf_source"].choices == [("", "—"), (fair, "Fair")]
    assert bob.post(page, {**body_of(bob.get(page)), "name": "Franc"}).status_code == 302
    assert bob.get(f"{CURRENCIES}{record['id']}/").json()["custom_fields"]["source"] == fair


def test_a_draft_becomes_the_file_of_the_record_that_takes_it(bob: Client, house: House) -> None:
    make_field(house, "contract", "file", is_listed=True)
    make_field(house, "annex", "file")
    first, second = (uploaded(bob, None, name=name)["id"] for name in ("contract.txt", "annex.txt"))
    record = made(bob, "CHF", cf_contract=first)
    assert record["custom_fields"]["contract"] == first
    path = f"{CURRENCIES}{record['id']}/"
    answer = send(bob, "patch", path, {"cf_annex": second, "cf_contract": first})
    assert answer.status_code == 200, answer.content
    assert [owner_of(house, item) for item in (first, second)] == [record["id"]] * 2
    assert "contract.txt" in bob.get(MONEY).content.decode().partition("CHF")[2]
    refused = send(bob, "delete", f"{FILES}{first}/")
    assert (refused.status_code, refused.json()["usages"]) == (409, {"currencies.currency.custom.contract": 1})
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert (owner_of(house, first), owner_of(house, second)) == (record["id"], None)


def test_files_of_others_are_refused(bob: Client, house: House) -> None:
    make_field(house, "contract", "file")
    ned = client_of(member(house, "currencies.manage", "currencies.view", name="Ned"), organization=house.north)
    theirs = uploaded(ned, None)["id"]
    with seeding(house.scope(house.north)):
        euro = Currency(code="EUR", name="x", symbol="x")
        euro.save(force_insert=True)
    far = uploaded(bob, euro)["id"]
    kind = uploaded(bob, None)["id"]
    with seeding(house.scope()):
        Attachment.objects.filter(pk=kind).update(entity="directory.organization")
    for file_id, code in (
        (theirs, "kernel.reference.unknown"),
        (far, "entities.value.other_record"),
        (kind, "entities.value.other_record"),
    ):
        answer = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_contract": file_id})
        assert (answer.status_code, complaints(answer)) == (400, {"custom_fields.contract": code})
    assert codes(house) == ["EUR"]
    assert [owner_of(house, item) for item in (theirs, far)] == [None, str(euro.pk)]


def test_one_draft_goes_to_one_of_many_records(house: House, bob: Client, user: User) -> None:
    make_field(house, "contract", "file")
    draft = uploaded(bob, None)["id"]
    rows = [Currency(code=code, name="x", symbol="x") for code in ("CHF", "EUR")]
    for row in rows:
        row.take({"contract": draft})
    with pytest.raises(InvalidInput) as refusal, seeding(house.scope(house.north, actor_id=user.pk)):
        Currency.objects.bulk_create(rows)
    assert [item.field for item in refusal.value.errors] == ["custom_fields.contract"]
    assert (owner_of(house, draft), codes(house)) == (None, [])
    rows[1].take({"contract": None})
    with seeding(house.scope(house.north, actor_id=user.pk)):
        Currency.objects.bulk_create(rows)
    assert owner_of(house, draft) == str(rows[0].pk)


def test_a_text_becomes_a_value_of_the_dictionary_where_it_leads_to_one(
    bob: Client, house: House, sources: Dictionary
) -> None:
    field = make_field(house, "source", "text")
    red = id_of(house, make_dictionary(house, "Red", key="colours"), "Red")
    fair = id_of(house, sources, "Fair")
    record = made(bob, "CHF", cf_source=fair)
    other = made(bob, "EUR", cf_source=red)
    path, body = f"{DEFINITIONS}{field.pk}/", {"kind": "dictionary", "dictionary": "sources"}
    answer = send(bob, "patch", path, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "entities.definition.kind_kept")
    assert (answer.json()["records"], bob.get(path).json()["kind"]) == ([other["id"]], "text")
    send(bob, "patch", f"{CURRENCIES}{other['id']}/", {"cf_source": None})
    assert send(bob, "patch", path, body).status_code == 200
    assert bob.get(f"{CURRENCIES}{record['id']}/").json()["custom_fields"]["source"] == fair
