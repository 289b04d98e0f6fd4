"""Indexes of custom fields: asked for, built, used by the lists under the wall, taken away."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from apps.currencies.models import Currency
from apps.entities.models import FieldIndex, FieldUse, IndexStatus
from apps.entities.selectors.indexed import Wanted, forget_indexes
from apps.entities.services.counting import USES
from apps.entities.services.promoting import MOST
from apps.kernel.api.reading.customs import Customs
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, CURRENCY, make_field
from tests.support.databases import admin
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed
INDEXES = "/api/entities/indexes/"


@pytest.fixture(autouse=True)
def _afresh() -> Any:
    forget_indexes()
    yield
    forget_indexes()


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "entities.*", "currencies.*", "progress.*"), organization=house.north)


def run(command: str, *words: str) -> list[str]:
    """Lines that a management command prints."""
    out = io.StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue().splitlines()


def fill(house: House, count: int) -> None:
    """Many currencies with values in `custom`, past the rules of codes."""
    with seeding(house.scope(house.north)), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO currency (id, tenant_id, organization_id, created_at, updated_at, version, code, name, symbol,"
            " decimal_places, is_active, is_base, custom)"
            " SELECT uuid7(), %s, %s, now(), now(), 1,"
            " chr(65 + n / 676) || chr(65 + n / 26 %% 26) || chr(65 + n %% 26), 'n', '', 2, true, n = 0,"
            " jsonb_build_object('size', n, 'colour', 'c' || n, 'at',"
            " to_char(timestamp '2026-01-01' + make_interval(mins => n), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))"
            " FROM generate_series(0, %s) AS n",
            [house.tenant.pk, house.north.pk, count - 1],
        )
    with admin(str(connections["owner"].settings_dict["NAME"])) as session:
        session.execute("ANALYZE currency")


def plan_of(house: House, key: str, **condition: Any) -> str:
    """How the database finds such rows, as the role of the application and under the wall."""
    with using_scope(house.scope(house.north)), scoped_transaction():
        column = Customs(CURRENCY).columns[f"cf_{key}"]
        rows = Currency.objects.annotate(**{column.name: column.value}).filter(**condition)
        return str(rows.order_by(column.name, "id")[:50].explain())


@pytest.mark.parametrize(
    ("key", "kind", "value"),
    [("size", "integer", 700), ("colour", "text", "c700"), ("at", "datetime", "2026-01-01T11:40:00Z")],
)
def test_a_promoted_field_is_found_and_sorted_by_its_index(house: House, key: str, kind: str, value: Any) -> None:
    make_field(house, key, kind)
    fill(house, 2000)
    name = Wanted(CURRENCY, key, {"integer": "cf_num", "text": "cf_text", "datetime": "cf_time"}[kind]).name
    assert name not in plan_of(house, key) + plan_of(house, key, **{f"cf_{key}": value})
    assert run("promote_field", CURRENCY, key) == [f"{CURRENCY} {key} is served by {name}"]
    assert name in plan_of(house, key)
    assert name in plan_of(house, key, **{f"cf_{key}": value})
    assert name in plan_of(house, key, **{f"cf_{key}__gte": value})
    assert run("promote_field", CURRENCY, key) == [f"{CURRENCY} {key} is served by {name}"]
    assert run("demote_field", CURRENCY, key) == [f"{CURRENCY} {key}: {name} is gone"]
    assert name not in plan_of(house, key)
    assert not FieldIndex.objects.exists()
    assert run("demote_field", CURRENCY, key) == ["There is no such index."]


def test_lists_answer_the_same_before_and_after(house: House, alice: Client) -> None:
    make_field(house, "size", "integer")
    fill(house, 120)
    questions = ({"cf_size__gte": "100", "ordering": "-cf_size"}, {"ordering": "cf_size"}, {"cf_size__ne": "5"})
    before = [alice.get(CURRENCIES, question).json() for question in questions]
    run("promote_field", CURRENCY, "size")
    assert [alice.get(CURRENCIES, question).json() for question in questions] == before


def test_a_user_asks_and_an_operator_builds(house: House, alice: Client) -> None:
    make_field(house, "size", "integer")
    asked = send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"})
    assert asked.status_code == 202, asked.content
    job = asked.json()["progress"]
    assert [item["status"] for item in alice.get(INDEXES).json()["results"]] == ["wanted"]
    assert alice.get(job).json()["status"] == "pending"
    assert run("promote_field", "--requested")[0].startswith(f"{CURRENCY} size is served by cf_")
    [found] = alice.get(INDEXES).json()["results"]
    assert (found["key"], found["status"]) == ("size", "ready")
    assert alice.get(job).json()["status"] == "completed"
    assert run("promote_field", "--requested") == ["No index is asked for."]
    again = send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"})
    assert (again.status_code, again.json()["code"]) == (409, "entities.index.ready")


def test_what_one_tenant_asked_for_is_told_to_no_other(house: House, other_house: House, alice: Client) -> None:
    make_field(house, "size", "integer")
    send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"})
    charlie = client_of(member(other_house, "entities.*"), organization=other_house.north)
    assert charlie.get(INDEXES).json()["results"] == []
    make_field(other_house, "size", "decimal")
    assert [item["key"] for item in charlie.get(INDEXES).json()["results"]] == ["size"]


@pytest.mark.parametrize(
    ("kind", "parts", "status", "code"),
    [
        ("multiline", {}, 409, "entities.index.not_indexable"),
        ("text", {"is_encrypted": True}, 409, "entities.index.not_indexable"),
        ("text", {"is_filterable": False}, 409, "entities.index.not_indexable"),
    ],
)
def test_what_no_index_serves_is_refused(
    house: House, alice: Client, *, kind: str, parts: dict[str, Any], status: int, code: str
) -> None:
    make_field(house, "size", kind, **parts)
    answer = send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not FieldIndex.objects.exists()


def test_unknown_fields_and_wrong_orders_are_refused(house: House, alice: Client) -> None:
    strange = send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "nothing"})
    assert (strange.status_code, strange.json()["errors"][0]["field"]) == (400, "key")
    answer = send(alice, "post", INDEXES, {"entity": CURRENCY, "more": 1})
    assert complaints(answer) == {"key": "required", "more": "unknown"}
    bob = client_of(member(house, "entities.definitions.manage", name="Bob"), organization=house.north)
    assert send(bob, "post", INDEXES, {"entity": CURRENCY, "key": "size"}).status_code == 403
    for words in ((CURRENCY, "nothing"), ("currencies.nothing", "size"), (CURRENCY,)):
        with pytest.raises(CommandError):
            run("promote_field", *words)


def test_a_table_has_so_many_indexes_and_no_more(house: House, alice: Client) -> None:
    for number in range(MOST):
        FieldIndex.objects.create(name=f"cf_{number}", entity=CURRENCY, key=f"k{number}", reader="cf_num")
    make_field(house, "size", "integer")
    answer = send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"})
    assert (answer.status_code, answer.json()["code"]) == (409, "entities.index.too_many")
    with pytest.raises(CommandError, match="16 indexes"):
        run("promote_field", CURRENCY, "size")


def test_tenants_that_read_a_key_differently_have_to_be_told_apart(house: House, other_house: House) -> None:
    make_field(house, "size", "integer")
    make_field(other_house, "size", "text")
    with pytest.raises(CommandError, match="--read-as one of: num, text"):
        run("promote_field", CURRENCY, "size")
    assert len(run("promote_field", CURRENCY, "size", "--read-as", "text")) == 1


def test_what_cannot_be_built_is_told_and_can_be_asked_for_again(house: House, alice: Client) -> None:
    make_field(house, "size", "integer")
    asked = send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"}).json()
    FieldIndex.objects.update(entity="currencies.gone")
    with pytest.raises(CommandError):
        run("promote_field", "--requested")
    row = FieldIndex.objects.get()
    assert (row.status, alice.get(asked["progress"]).json()["status"]) == (IndexStatus.FAILED, "failed")
    FieldIndex.objects.update(entity=CURRENCY)
    assert send(alice, "post", INDEXES, {"entity": CURRENCY, "key": "size"}).status_code == 202
    assert len(run("promote_field", "--requested")) == 1
    assert FieldIndex.objects.get().status == IndexStatus.READY


def test_no_request_fails_while_an_index_is_built(house: House, alice: Client) -> None:
    make_field(house, "size", "integer")
    fill(house, 5000)
    over, failures, answers = threading.Event(), [], []

    def load() -> None:
        try:
            while not over.is_set():
                read = alice.get(CURRENCIES, {"cf_size__gte": "10", "ordering": "cf_size"}).status_code
                answers.append(read)
                failures.extend([read] if read != 200 else [])
        finally:
            connections.close_all()

    thread = threading.Thread(target=load)
    thread.start()
    try:
        for _ in range(3):
            run("promote_field", CURRENCY, "size")
            run("demote_field", CURRENCY, "size")
    finally:
        over.set()
        thread.join()
    assert failures == []
    assert len(answers) > 3


def test_a_long_text_is_written_beside_an_index_of_another_tenant(house: House, other_house: House) -> None:
    make_field(house, "size", "text")
    make_field(other_house, "size", "multiline")
    run("promote_field", CURRENCY, "size")
    user = member(other_house, "currencies.manage", name="Charlie")
    charlie = client_of(user, organization=other_house.north)
    words = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(15_000))
    answer = send(charlie, "post", CURRENCIES, {"code": "CHF", "cf_size": words})
    assert (answer.status_code, answer.json()["custom_fields"]["size"]) == (201, words)


def test_use_is_counted_and_advised_upon(house: House, alice: Client) -> None:
    USES.write()
    FieldUse.objects.all().delete()
    make_field(house, "size", "integer")
    make_field(house, "width", "integer")
    fill(house, 50)
    assert run("advise_fields") == ["No list was filtered or sorted by a custom field yet."]
    for _ in range(3):
        alice.get(CURRENCIES, {"cf_size__gte": "1", "cf_size__lte": "9", "ordering": "-cf_size,cf_width"})
    assert not FieldUse.objects.exists()
    USES.write()
    lines = run("advise_fields", "--uses", "4", "--rows", "10")
    assert lines[0].startswith(f"{CURRENCY} size: 3 filters, 3 sorts, 50 rows; promote it")
    assert lines[1].startswith(f"{CURRENCY} width: 0 filters, 3 sorts, 50 rows; leave it")
    run("promote_field", CURRENCY, "size")
    assert run("advise_fields", "--uses", "4", "--rows", "10")[0].endswith("keep its index")
    FieldUse.objects.all().delete()
    assert run("advise_fields")[0].endswith("demote it: nobody asks for it")


def test_counts_are_written_now_and_then_by_the_lists_themselves(
    house: House, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_field(house, "size", "integer")
    USES.write()
    FieldUse.objects.all().delete()
    monkeypatch.setattr(USES, "_due", 0.0)
    alice.get(CURRENCIES, {"cf_size": "1"})
    assert list(FieldUse.objects.values_list("entity", "key", "filters", "sorts")) == [(CURRENCY, "size", 1, 0)]


def test_a_field_is_promoted_from_its_page(house: House, alice: Client) -> None:
    field = make_field(house, "size", "integer")
    page = f"/backend/entities/fielddefinition/{field.pk}/"
    assert "Ask for an index" in alice.get(f"{page}change/").content.decode()
    assert alice.post(f"{page}do/promote/", {}).status_code == 302
    assert [(row.key, row.status) for row in FieldIndex.objects.all()] == [("size", IndexStatus.WANTED)]
    bob = client_of(member(house, "entities.definitions.manage", name="Bob"), organization=house.north)
    assert "Ask for an index" not in bob.get(f"{page}change/").content.decode()
