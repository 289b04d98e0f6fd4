"""Fields of other modules: in REST and in forms, saved with the record as one action, taken back with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.kernel.api.schema.document import document
from apps.kernel.commands.models import Action
from tests.directory.callers import client_of, complaints, member
from tests.kernel.books import BOOKS, librarian, make_books
from tests.kernel.loans import lending
from tests.support.scopes import House, reading
from tests.support.shelf.models import Book, Loan

JSON = "application/json"
PAGES = "/backend/shelf/book/"


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house, "audit_logs.*")


def loans(house: House) -> list[tuple[Any, ...]]:
    with reading(house.scope()):
        return list(Loan.objects.values_list("reader", "way", "fee", "due_on", "is_reminded", "remark"))


def actions(house: House) -> list[tuple[str, bool]]:
    """Commands that ran, and whether each stood alone."""
    with reading(house.scope()):
        found = Action.objects.exclude(command__startswith="tests.").order_by("pk")
        return [(item.command, item.parent_id is None) for item in found]


def test_a_creation_saves_them_in_one_action(house: House, alice: Any) -> None:
    body = {"title": "Dune", "code": "D", "_loans": {"reader": "Ada", "way": "post", "fee": "1.5"}}
    with lending():
        made = alice.post(BOOKS, body, content_type=JSON)
    assert made.status_code == 201, made.content
    assert made.json()["_loans"] == {
        "reader": "Ada", "way": "post", "fee": "1.5000", "due_on": None, "is_reminded": False, "remark": "",
    }  # fmt: skip
    assert actions(house) == [("shelf.book.create", True), ("shelf.loan.save", False)]
    assert loans(house) == [("Ada", "post", Decimal("1.5"), None, False, "")]


def test_one_undo_takes_back_both(house: House, alice: Any) -> None:
    with lending():
        made = alice.post(BOOKS, {"title": "Dune", "code": "D", "_loans": {"reader": "Ada"}}, content_type=JSON)
        changed = alice.patch(
            made.headers["Location"], {"title": "Two", "_loans": {"reader": "Bob"}}, content_type=JSON
        )
        undo = f"/api/audit_logs/actions/{changed.headers['X-Action-Id']}/undo/"
        assert alice.post(undo, {}, content_type=JSON).status_code == 200
        shown = alice.get(made.headers["Location"]).json()
    assert (shown["title"], shown["_loans"]["reader"]) == ("Dune", "Ada")
    undo = f"/api/audit_logs/actions/{made.headers['X-Action-Id']}/undo/"
    assert alice.post(undo, {}, content_type=JSON).status_code == 200
    assert loans(house) == []


def test_a_deletion_takes_the_row_along_and_undo_brings_it_back(house: House, alice: Any) -> None:
    with lending():
        made = alice.post(BOOKS, {"title": "Dune", "code": "D", "_loans": {"reader": "Ada"}}, content_type=JSON)
        page = alice.get(f"{PAGES}{made.json()['id']}/delete/").content.decode()
        gone = alice.delete(made.headers["Location"])
        assert (gone.status_code, loans(house)) == (204, [])
        undo = f"/api/audit_logs/actions/{gone.headers['X-Action-Id']}/undo/"
        assert alice.post(undo, {}, content_type=JSON).status_code == 200
        assert alice.get(made.headers["Location"]).json()["_loans"]["reader"] == "Ada"
    assert "belong to this record and go with it" in page


def test_all_complaints_come_at_once_and_nothing_is_written(house: House, alice: Any) -> None:
    body = {
        "title": "Dune", "code": "D", "pages": "many",
        "_loans": {"reader": "x" * 41, "way": "carrier", "due_on": "soon", "is_reminded": 1, "colour": "red"},
    }  # fmt: skip
    with lending():
        refused = alice.post(BOOKS, body, content_type=JSON)
    assert refused.status_code == 400
    assert complaints(refused) == {
        "pages": "invalid",
        "_loans.reader": "max_length",
        "_loans.way": "invalid_choice",
        "_loans.due_on": "kernel.field.hidden",
        "_loans.is_reminded": "invalid",
        "_loans.colour": "unknown",
    }
    assert (actions(house), loans(house)) == ([], [])


def test_what_only_the_saving_command_knows_is_told_at_its_field(house: House, alice: Any) -> None:
    with lending():
        refused = alice.post(BOOKS, {"title": "D", "code": "D", "_loans": {"reader": "Nobody"}}, content_type=JSON)
    assert (refused.status_code, complaints(refused)) == (400, {"_loans.reader": "shelf.loan.nobody"})
    assert actions(house) == []
    with reading(house.scope()):
        assert not Book.objects.exists()


@pytest.mark.parametrize("value", [7, "text", [], None])
def test_it_has_to_be_an_object(house: House, alice: Any, value: Any) -> None:
    with lending():
        refused = alice.post(BOOKS, {"title": "Dune", "code": "D", "_loans": value}, content_type=JSON)
    assert (refused.status_code, complaints(refused)) == (400, {"_loans": "not_a_dict"})


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("is_reminded", None, "invalid"),
        ("is_reminded", "true", "invalid"),
        ("reader", 7, "invalid"),
        ("reader", True, "invalid"),
        ("way", ["desk"], "invalid"),
        ("way", "", None),
        ("remark", {"a": 1}, None),
        ("remark", "x" * 101, "max_length"),
        ("fee", "NaN", "invalid"),
        ("fee", "1.23456", "max_decimal_places"),
        ("fee", -1, "min_value"),
        ("fee", True, "invalid"),
        ("fee", None, "required"),
        ("due_on", "31.01.2027", "invalid"),
        ("due_on", "2027-02-30", "invalid"),
        ("due_on", 20270131, "invalid"),
        ("due_on", None, None),
    ],
)
def test_each_value_is_of_its_kind(house: House, alice: Any, name: str, value: Any, code: str | None) -> None:
    [book] = make_books(house, {"is_lent": True})
    given = {name: value} if name != "fee" else {"way": "post", name: value}
    with lending():
        answer = alice.patch(
            f"{BOOKS}{book.pk}/", {"_loans": given}, content_type=JSON, headers={"Accept-Language": "de"}
        )
    if code is None:
        assert answer.status_code == 200, answer.content
    else:
        assert (answer.status_code, complaints(answer)) == (400, {f"_loans.{name}": code})
        assert loans(house) == []


def test_a_rule_counts_on_the_server_too(house: House, alice: Any) -> None:
    [book] = make_books(house, {"is_lent": True})
    address = f"{BOOKS}{book.pk}/"
    with lending():
        demanded = alice.post(BOOKS, {"title": "D", "code": "D", "_loans": {"way": "post"}}, content_type=JSON)
        hidden = alice.post(BOOKS, {"title": "D", "code": "D", "_loans": {"fee": "1"}}, content_type=JSON)
        by_stored = alice.patch(address, {"_loans": {"due_on": "2027-01-31"}}, content_type=JSON)
        by_body = alice.patch(address, {"is_lent": False, "_loans": {"due_on": "2027-02-01"}}, content_type=JSON)
    assert complaints(demanded) == {"_loans.fee": "required"}
    assert complaints(hidden) == {"_loans.fee": "kernel.field.hidden"}
    assert by_stored.status_code == 200, by_stored.content
    assert complaints(by_body) == {"_loans.due_on": "kernel.field.hidden"}
    assert [row[3] for row in loans(house)] == [date(2027, 1, 31)]


def test_who_lacks_a_feature_neither_sees_nor_writes_them(house: House) -> None:
    bob = client_of(member(house, "shelf.*"), organization=house.root)
    [book] = make_books(house, {})
    with lending(features=("audit_logs.undo_tenant",)):
        refused = bob.post(BOOKS, {"title": "D", "code": "D", "_loans": {"reader": "Ada"}}, content_type=JSON)
        page = bob.get(f"{PAGES}{book.pk}/change/").content.decode()
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.feature_required")
    assert "loans__reader" not in page
    assert (actions(house), loans(house)) == ([], [])


def test_without_the_module_it_is_an_unknown_field(house: House, alice: Any) -> None:
    refused = alice.post(BOOKS, {"title": "Dune", "code": "D", "_loans": {"reader": "Ada"}}, content_type=JSON)
    assert (refused.status_code, complaints(refused)) == (400, {"_loans": "unknown"})


def test_a_list_reads_them_in_one_query(house: House, alice: Any) -> None:
    make_books(house, *({} for _ in range(12)))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(BOOKS, {"count": "none"}).status_code == 200
        return len(queries)

    cost()
    bare = cost()
    with lending():
        assert cost() == bare + 1


def test_a_repetition_with_the_key_saves_once(house: House, alice: Any) -> None:
    body, key = {"title": "D", "code": "D", "_loans": {"reader": "Ada"}}, {"Idempotency-Key": "once"}
    with lending():
        first = alice.post(BOOKS, body, content_type=JSON, headers=key)
        again = alice.post(BOOKS, body, content_type=JSON, headers=key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert len(loans(house)) == 1


def test_many_records_at_once_do_not_take_them(house: House, alice: Any) -> None:
    [book] = make_books(house, {})
    order = {"action": "update", "ids": [str(book.pk)], "changes": {"pages": 3, "_loans": {"reader": "Ada"}}}
    with lending():
        refused = alice.post(f"{BOOKS}bulk/", order, content_type=JSON)
    assert (refused.status_code, complaints(refused)) == (400, {"changes._loans": "unknown"})


def test_the_description_of_the_interface_shows_them(settings: Any) -> None:
    settings.API_DOCS_PUBLIC = True
    with lending():
        drawn = document.__wrapped__("en")
    body = drawn["components"]["schemas"]["BookRequest"]["properties"]["_loans"]
    assert set(body["properties"]) == {"reader", "way", "fee", "due_on", "is_reminded", "remark"}
    assert body["properties"]["way"]["enum"] == ["desk", "post", None]
    assert body["additionalProperties"] is False


def form(page: Any) -> dict[str, Any]:
    """What the shown form would send."""
    shown = page.context["adminform"].form
    given = {name: shown[name].value() for name in shown.fields}
    return {name: value for name, value in given.items() if value is not None and value is not False and value != []}


def posted(client: Any, address: str, **values: Any) -> Any:
    given = {**form(client.get(address)), **values}
    return client.post(address, {name: value for name, value in given.items() if value is not None})


def test_a_form_shows_them_in_their_places(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "Dune"})
    with lending():
        sets = alice.get(f"{PAGES}{book.pk}/change/").context["adminform"].fieldsets
    assert sets[0][1]["fields"][:2] == [("title", "code"), "loans__reader"]
    assert (sets[-1][0], sets[-1][1]["fields"]) == (
        "Loan", ["loans__is_reminded", "loans__way", "loans__fee", "loans__due_on", "loans__remark"],
    )  # fmt: skip


def test_a_form_saves_them_with_the_record(house: House, alice: Any) -> None:
    values = {"title": "Dune", "code": "D", "loans__reader": "Ada", "loans__way": "post", "loans__fee": "2.5"}
    with lending():
        made = posted(alice, f"{PAGES}add/", **values)
        assert made.status_code == 302, made.context["adminform"].form.errors
        assert loans(house) == [("Ada", "post", Decimal("2.5"), None, False, "")]
        with reading(house.scope()):
            book: UUID = Book.objects.values_list("pk", flat=True).get()
        assert posted(alice, f"{PAGES}{book}/change/", loans__reader="").status_code == 302
        assert [row[0] for row in loans(house)] == [""]
        assert posted(alice, f"{PAGES}{book}/change/", title="Dune II").status_code == 302
    ran = [("shelf.book.create", True), ("shelf.loan.save", False), ("shelf.book.update", True)]
    assert actions(house) == [*ran, ("shelf.loan.save", False), ("shelf.book.update", True)]


def test_a_form_tells_everything_at_once_at_the_fields(house: House, alice: Any) -> None:
    with lending():
        refused = posted(alice, f"{PAGES}add/", title="", loans__way="post", loans__reader="y" * 41)
        late = posted(alice, f"{PAGES}add/", title="D", code="D", loans__reader="Nobody")
    assert set(refused.context["adminform"].form.errors) == {"title", "code", "loans__fee", "loans__reader"}
    assert late.context["adminform"].form.errors == {"loans__reader": ["Nobody borrows."]}
    assert (actions(house), loans(house)) == ([], [])


def test_a_form_neither_demands_nor_saves_what_is_not_shown(house: House, alice: Any) -> None:
    with lending():
        made = posted(alice, f"{PAGES}add/", title="D", code="D", loans__way="desk", loans__fee="9")
    assert made.status_code == 302
    assert loans(house) == [("", "desk", None, None, False, "")]


def test_a_version_conflict_shows_them_too(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "Dune"})
    address = f"{PAGES}{book.pk}/change/"
    with lending():
        given = form(alice.get(address))
        assert posted(alice, address, title="Theirs", loans__reader="Bob").status_code == 302
        stale = alice.post(address, {**given, "loans__reader": "Ada"})
    assert stale.status_code == 412
    assert {item.name for item in stale.context["conflicts"]} == {"title", "loans__reader"}


def broken(ids: Any) -> Any:
    raise RuntimeError("broken")


def test_fields_that_cannot_be_read_leave_the_page_and_stop_a_write(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "Still here"})
    address = f"{PAGES}{book.pk}/change/"
    with lending(extension=None, read=broken):
        alice.raise_request_exception = False
        page = alice.get(address)
        assert "Still here" in page.content.decode()
        assert "loans__reader" not in page.content.decode()
        assert alice.post(address, form(page)).status_code == 500
    assert actions(house) == []


def test_a_page_that_says_its_own_sets_has_them_too(house: House) -> None:
    client = librarian(house, "currencies.*")
    with lending(entity="currencies.rate_fetch_config"):
        sets = client.get("/backend/currencies/ratefetchconfig/add/?provider=ecb").context["adminform"].fieldsets
    assert [name for name in sets[-1][1]["fields"] if name.startswith("loans__")] != []
