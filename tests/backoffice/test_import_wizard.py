"""The import of a file in the back office, page by page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.imports.models import ImportRun
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import LogIn, signed_in
from tests.kernel.books import make_books
from tests.support.scopes import House
from tests.support.shelf.models import Book

pytestmark = pytest.mark.committed
LIST = "/backend/shelf/book/"
IMPORT = f"{LIST}import/"
TABLE = "title,code,price\nDune,A,3\nEarth,B,many\nNew,C,\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def give(client: Client, content: str | bytes = TABLE, name: str = "books.csv", address: str = IMPORT) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def order(client: Client, address: str, what: str, **values: str) -> Any:
    return client.post(address, {"order": what, **values})


COLUMNS = {"target-0": "title", "target-1": "code", "target-2": "price", "mode": "create_or_update", "key": "code"}


def texts(house: House) -> list[str]:
    with using_scope(house.scope()), scoped_transaction():
        return sorted(Book.objects.filter(deleted_at__isnull=True).values_list("title", flat=True))


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return str(answer.content.decode())


def test_a_file_goes_from_the_list_to_the_records_and_back(house: House, alice: Client) -> None:
    make_books(house, {"code": "A", "title": "Dune", "price": 2})
    assert f'href="{IMPORT}"' in page(alice, LIST)
    assert "Nothing is imported yet" in page(alice, IMPORT)
    address = give(alice).url
    shown = page(alice, address)
    assert re.search(r'<option value="title"[^>]*selected', shown)
    assert order(alice, address, "check", **COLUMNS).url == address
    assert "is being checked" in page(alice, address)
    sweep("work")
    shown = page(alice, address)
    assert [f"{count}</strong> <span>{words}" in shown for count, words in [
        (1, "would be added"), (1, "would be changed"), (1, "have errors")]] == [True] * 3  # fmt: skip
    assert "This is no number." in shown
    assert "many" in shown
    assert texts(house) == ["Dune"]
    assert order(alice, address, "import").status_code == 302
    sweep("work")
    shown = page(alice, address)
    assert "Undo this import" in shown
    assert texts(house) == ["Dune", "New"]
    errors = b"".join(alice.get(f"{address}errors/").streaming_content)  # type: ignore[attr-defined]
    assert errors.decode().splitlines()[1] == "Earth,B,many,price: This is no number."
    action = re.search(r'name="action" value="([^"]+)"', shown)
    assert action is not None
    alice.post("/backend/undo/", {"action": action[1], "next": address})
    assert texts(house) == ["Dune"]
    assert "has been undone" in page(alice, address)
    assert "books.csv" in page(alice, IMPORT)


def test_a_column_of_moments_that_is_chosen_means_the_readers_clock(house: House) -> None:
    user = make_user(house, roles=(make_role(house, "*"),), home_organization_id=house.root.pk, time_zone="Asia/Tokyo")
    tokyo = signed_in(user)
    address = give(tokyo, "title,code,out since\nDune,A,2026-07-01 12:00\n").url
    order(tokyo, address, "check", **{**COLUMNS, "target-2": "borrowed_at"})
    sweep("work")
    order(tokyo, address, "import")
    sweep("work")
    with using_scope(house.scope()), scoped_transaction():
        assert Book.objects.get().borrowed_at == datetime(2026, 7, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7", "books.pdf", "neither a CSV file nor an XLSX workbook"),
        (b"%PDF-1.7", "books.csv", "neither a CSV file nor an XLSX workbook"),
        (b"", "books.csv", "empty"),
        (b"PK\x03\x04nonsense", "books.xlsx", "no sound workbook"),
        (b" \n", "books.csv", "empty"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(alice: Client, content: bytes, name: str, words: str) -> None:
    answer = give(alice, content, name)
    assert answer.status_code in {400, 413}
    assert words in answer.content.decode()


def test_columns_of_one_name_are_numbered_and_the_page_says_so(alice: Client) -> None:
    words = "Several columns have the same name, and are numbered here: Note."
    shown = page(alice, give(alice, "title,Note,Note\nDune,old,blue\n").url)
    assert words in shown
    assert "<strong>Note (2)</strong>" in shown
    assert "same name" not in page(alice, give(alice, "title,Note,Place\nDune,old,blue\n").url)


def test_a_form_without_a_file_says_so(alice: Client) -> None:
    answer = alice.post(IMPORT, {})
    assert (answer.status_code, "Choose a file first." in answer.content.decode()) == (400, True)


def test_what_does_not_fit_stays_on_the_page_with_what_was_chosen(house: House, alice: Client) -> None:
    address = give(alice).url
    chosen = {**COLUMNS, "target-1": "title", "target-2": "pages", "key": "code"}
    answer = order(alice, address, "check", **chosen)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "Two columns go to Title." in shown
    assert re.search(r'<option value="pages"[^>]*selected', shown)
    assert texts(house) == []


def test_the_file_can_be_read_in_another_way(alice: Client) -> None:
    address = give(alice, "Imię;Kod\nŁucja;A\n".encode("cp1250")).url
    assert "Łucja" in page(alice, address)
    order(alice, address, "layout", encoding="cp1252", delimiter="|", has_header="on")
    assert "£ucja" in page(alice, address)
    refused = order(alice, address, "layout", encoding="klingon")
    assert (refused.status_code, "not known" in refused.content.decode()) == (400, True)


def test_a_stopped_run_says_so(alice: Client) -> None:
    address = give(alice).url
    order(alice, address, "check", **COLUMNS)
    order(alice, address, "keep")
    sweep("work")
    assert "Where the columns go" in page(alice, address)
    assert order(alice, address, "keep").status_code == 409


def test_whoever_may_only_see_has_no_import(log_in: LogIn) -> None:
    bob = log_in("shelf.books.view")
    assert "import/" not in page(bob, LIST)
    page(bob, IMPORT, 403)
    assert give(bob).status_code == 403


def test_an_import_of_somebody_else_is_not_there(house: House, alice: Client, log_in: LogIn) -> None:
    address = give(alice).url
    bob = log_in("*", name="Bob")
    page(bob, address, 404)
    page(bob, f"{address}errors/", 404)
    assert order(bob, address, "import").status_code == 404
    page(alice, address.replace("/shelf/book/", "/shelf/shelf/"), 404)
    with using_scope(house.scope()), scoped_transaction():
        assert ImportRun.objects.count() == 1


def test_records_of_a_tenants_own_type_are_imported_too(house: House, alice: Client) -> None:
    from apps.entities.services import create_type

    with using_scope(house.scope()):
        create_type(key="boat", label="Boat", label_plural="Boats")
    address = "/backend/entities/record/import/?type=boat"
    assert address.replace("&", "&amp;") in page(alice, "/backend/entities/record/?type=boat")
    run = give(alice, "title\nAnna\nBerta\n", address=address).url
    order(alice, run, "check", **{"target-0": "title", "mode": "create", "key": ""})
    sweep("work")
    order(alice, run, "import")
    sweep("work")
    assert "2</strong> <span>added" in page(alice, run)
    assert "Berta" in page(alice, "/backend/entities/record/?type=boat")


def test_a_type_that_there_is_not_has_no_import(house: House, alice: Client) -> None:
    from apps.entities.services import create_type

    with using_scope(house.scope()):
        create_type(key="boat", label="Boat", label_plural="Boats")
    page(alice, "/backend/entities/record/import/?type=ship", 404)
    page(alice, "/backend/entities/record/import/", 404)


def test_the_button_of_a_list_costs_no_query(alice: Client, settings: Any) -> None:
    counts = {}
    for is_off in (True, False):
        settings.EXTENSIONS_DISABLED = ("kernel.import",) if is_off else ()
        page(alice, LIST)
        with CaptureQueriesContext(connection) as caught:
            assert ("import/" in page(alice, LIST)) is not is_off
        counts[is_off] = len(caught)
    assert counts[True] == counts[False]


def test_the_strip_tells_a_check_from_an_import(house: House, alice: Client) -> None:
    address = give(alice).url
    order(alice, address, "check", **COLUMNS)
    sweep("work")
    order(alice, address, "import")
    sweep("work")
    names = [job["name"] for job in alice.get("/api/progress/jobs/").json()["results"]]
    assert sorted(names) == ["Check of an import into books: books.csv", "Import into books: books.csv"]
