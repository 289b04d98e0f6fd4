"""The tab of a person's, company's or deal's files: what stands on it, its number, and who has it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.attachments.factories import currency, uploaded
from tests.backoffice.currencies import change_url
from tests.customers.factories import clerk, make_company, make_deal, make_person
from tests.directory.callers import client_of, member, send
from tests.support.scopes import House

PLURALS = {"person": "people", "company": "companies", "deal": "deals"}
MAKERS: dict[str, Any] = {"person": make_person, "company": make_company, "deal": make_deal}
TAB = re.compile(r'<a href="([^"]+)"( aria-current="page")?>Files<span [^>]+>([^<]*)</span></a>')


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(params=list(MAKERS))
def record(request: pytest.FixtureRequest, house: House) -> Any:
    return MAKERS[request.param](house)


def plural(record: Any) -> str:
    return PLURALS[record._meta.model_name]


def at(record: Any, name: str = "files") -> str:
    return reverse(f"admin:customers_{record._meta.model_name}_{name}", args=[record.pk])


def holder(house: House, *features: str) -> Client:
    return client_of(member(house, *features), organization=house.north)


def page_of(client: Client, record: Any, name: str = "files") -> str:
    answer = client.get(at(record, name))
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_files_stand_on_a_tab_with_their_number(house: House, record: Any) -> None:
    alice = holder(house, f"customers.{plural(record)}.manage")
    empty = page_of(alice, record)
    assert "There are no files here yet" in empty
    assert TAB.findall(empty) == [(at(record), ' aria-current="page"', "")]
    for name in ("offer.txt", "order.txt"):
        uploaded(alice, record, entity=record.entity_id, name=name)
    page = page_of(alice, record)
    for expected in ("offer.txt", "order.txt", "Add files", f'data-record="{record.pk}"', f"Files of {record}"):
        assert expected in page, expected
    for name in ("overview", "change", "timeline"):
        assert TAB.findall(page_of(alice, record, name)) == [(at(record), "", " 2")], name


def test_they_stand_nowhere_else(house: House, record: Any) -> None:
    alice = holder(house, f"customers.{plural(record)}.manage", "currencies.*")
    for name in ("overview", "change"):
        assert "data-files" not in page_of(alice, record, name), name
    euro = alice.get(change_url(currency(house))).content.decode()
    assert ("data-files" in euro, TAB.findall(euro)) == (True, [])


def test_who_only_sees_the_record_adds_and_removes_nothing(house: House, record: Any) -> None:
    uploaded(clerk(house), record, entity=record.entity_id, name="offer.txt")
    looking = page_of(holder(house, f"customers.{plural(record)}.view"), record)
    found = [word in looking for word in ("offer.txt", "Download", "Add files", "data-remove")]
    assert found == [True, True, False, False]


def test_whoever_may_not_see_the_record_learns_of_none(house: House, other_house: House, record: Any) -> None:
    assert holder(house, "currencies.view").get(at(record)).status_code == 403
    owner = clerk(house)
    uploaded(owner, record, entity=record.entity_id, name="offer.txt")
    restricted = send(owner, "post", f"/api/customers/{plural(record)}/{record.pk}/restrict/", {})
    assert restricted.status_code == 200, restricted.content
    assert TAB.findall(page_of(owner, record))[0][2] == " 1"
    foreign = MAKERS[record._meta.model_name](other_house)
    for hidden in (record, foreign):
        assert clerk(house).get(at(hidden)).status_code == 404


def test_a_deleted_record_has_no_page(house: House, record: Any) -> None:
    owner = clerk(house)
    assert send(owner, "delete", f"/api/customers/{plural(record)}/{record.pk}/").status_code in {200, 204}
    assert owner.get(at(record)).status_code == 404
