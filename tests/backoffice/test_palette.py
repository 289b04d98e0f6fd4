"""The palette's two answers: pages and commands that are open to the reader, and records where no index answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from apps.kernel.extensions.palette import PALETTE, PaletteCommand
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import LIST, make_currency
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House

OFFER, FIND = "/backend/palette/", "/backend/search/"


def offered(client: Client, kind: str) -> dict[str, dict[str, Any]]:
    """Pages or commands by id."""
    return {item["id"]: item for item in client.get(OFFER).json()[kind]}


def titles(client: Client, **asked: str) -> list[str]:
    """Titles of the records that are found."""
    return [item["title"] for item in client.get(FIND, asked).json()["results"]]


def test_pages_are_those_that_the_reader_may_open(log_in: LogIn) -> None:
    pages = offered(log_in("currencies.view"), "pages")
    assert pages["currencies.currency"] | {"words": ""} == {
        "id": "currencies.currency",
        "title": "Currencies",
        "note": "Currencies",
        "words": "",
        "icon": "payments",
        "url": LIST,
    }
    assert "auth.user" not in pages


def test_what_may_be_created_is_a_command(log_in: LogIn) -> None:
    assert "currencies.create_currency" not in offered(log_in("currencies.view"), "commands")
    command = offered(log_in("currencies.view", "currencies.manage"), "commands")["currencies.create_currency"]
    assert (command["title"], command["note"], command["url"]) == ("Create currency", "Currencies", f"{LIST}add/")


def test_what_may_be_seen_may_be_exported(log_in: LogIn) -> None:
    reader = log_in("currencies.view")
    command = offered(reader, "commands")["currencies.export_currency"]
    assert (command["title"], command["note"]) == ("Export currencies", "Currencies")
    answer = reader.get(command["download"])
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/csv")


def test_the_other_organizations_are_commands(house: House, alice: Client) -> None:
    found = [item for item in offered(alice, "commands").values() if item.get("post") == "/backend/organization/"]
    assert [(item["title"], item["note"]) for item in found] == [
        ("Work in North", "Acme Group"),
        ("Work in South", "Acme Group"),
        ("Work in All organizations", ""),
    ]
    answer = alice.post(found[0]["post"], found[0]["values"])
    assert answer.cookies["agora_organization"].value == str(house.north.pk)


def test_languages_colours_help_and_the_way_out_are_commands(alice: Client) -> None:
    commands = offered(alice, "commands")
    assert [item for item in commands if item.startswith("backoffice.language_")] == [
        f"backoffice.language_{code}" for code in ("de", "es", "pl")
    ]
    assert commands["backoffice.language_pl"]["values"] == {"language": "pl"}
    assert commands["backoffice.theme_dark"]["press"] == "[data-theme-choice=dark]"
    assert commands["backoffice.show_keys"]["press"] == "[data-keys-open]"
    assert commands["backoffice.log_out"]["post"] == "/backend/logout/"


def test_modules_add_commands_for_whom_they_are(log_in: LogIn) -> None:
    here = PaletteCommand("probes.count", "Count everything", url="/counting/", features=("currencies.manage",))
    posted = PaletteCommand("probes.sort", "Sort", post="admin:index", values={"by": "name"}, priority=1000)
    shut = PaletteCommand("probes.shut", "Shut", url="/shut/", allowed=lambda request: False)
    with declared(PALETTE, here, posted, shut):
        seen = offered(log_in("currencies.manage"), "commands")
        assert next(iter(seen.values())) == {
            "id": "probes.sort",
            "title": "Sort",
            "note": "",
            "words": "",
            "icon": "bolt",
            "post": "/backend/",
            "values": {"by": "name"},
        }
        assert seen["probes.count"]["url"] == "/counting/"
        assert "probes.shut" not in seen
        assert "probes.count" not in offered(log_in("currencies.view"), "commands")


@override_settings(EXTENSIONS_DISABLED=["currencies.create_currency", "currencies.currency"])
def test_commands_and_pages_are_switched_off_by_id(alice: Client) -> None:
    assert "currencies.create_currency" not in offered(alice, "commands")
    assert "currencies.currency" not in offered(alice, "pages")


@pytest.mark.parametrize("deeds", [{}, {"url": "/one/", "post": "/two/"}])
def test_a_command_does_one_thing(deeds: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs one of url, post, download and press"):
        PaletteCommand("probes.count", "Count", **deeds)


def test_records_are_found_by_their_fields(house: House, log_in: LogIn) -> None:
    currency = make_currency(house, "EUR", name="Euro")
    reader = log_in("currencies.view")
    assert reader.get(FIND, {"s": "euro"}).json()["results"] == [
        {"title": "EUR — Euro", "note": "currency", "icon": "payments", "url": f"{LIST}{currency.pk}/change/"}
    ]
    assert titles(reader, s=" ") == titles(reader) == titles(reader, s="nothing") == []
    assert titles(reader, s="eu\0ro") == ["EUR — Euro"]
    assert titles(reader, s="x" * 5000) == []


def test_only_the_kinds_that_are_named_are_asked(house: House, log_in: LogIn) -> None:
    make_currency(house, "EUR", name="Euro")
    reader = log_in("currencies.view")
    assert titles(reader, **{"s": "euro", "in": "currencies.currency,auth.user"}) == ["EUR — Euro"]
    assert titles(reader, **{"s": "euro", "in": "auth.user"}) == []


def test_records_that_are_closed_or_of_others_are_not_found(house: House, other_house: House, log_in: LogIn) -> None:
    make_currency(house, "EUR", name="Euro")
    make_currency(other_house, "EUR", name="Euro of the others")
    assert titles(log_in(), s="euro") == []
    assert titles(log_in("currencies.view"), s="euro") == ["EUR — Euro"]


def test_nobody_is_offered_anything_before_they_sign_in() -> None:
    for address in (OFFER, FIND):
        assert Client().get(address).status_code == 302


def test_the_page_names_the_index_to_whoever_may_ask_it(log_in: LogIn) -> None:
    address = 'data-index="/api/search/palette/"'
    assert address in log_in("search.view").get("/backend/").content.decode()
    assert address not in log_in("currencies.view").get("/backend/").content.decode()


def test_the_palette_asks_for_no_record(alice: Client) -> None:
    alice.get(OFFER)
    with CaptureQueriesContext(connection) as asked:
        alice.get(OFFER)
    tables = re.findall(r'SELECT .*? FROM "(\w+)"', " ; ".join(item["sql"] for item in asked.captured_queries))
    assert sorted(tables) == ["platform_admin", "saved_view"]
