"""The tab of a person's or company's deals: what stands on it, its number, and who has it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.customers.models import Deal
from tests.backoffice.currencies import text_of
from tests.customers.factories import make_company, make_deal, make_person, make_pipeline
from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding

VIEWS = ("customers.people.view", "customers.companies.view", "customers.deals.view")
TAB = re.compile(r'<a href="([^"]+)"( aria-current="page")?>Deals<span [^>]+>([^<]*)</span></a>')


@pytest.fixture(params=[make_person, make_company])
def record(request: pytest.FixtureRequest, house: House) -> Any:
    return request.param(house)


def at(record: Any, name: str = "deals") -> str:
    return reverse(f"admin:customers_{record._meta.model_name}_{name}", args=[record.pk])


def reader(house: House, *features: str) -> Client:
    return client_of(member(house, *(features or VIEWS)), organization=house.north)


def part_of(record: Any) -> dict[str, Any]:
    name = record._meta.model_name
    return {"people" if name == "person" else "companies": [{f"{name}_id": record.pk}]}


def test_deals_stand_on_a_tab_open_ones_first(house: House, record: Any) -> None:
    client, pipeline = reader(house), make_pipeline(house, name="Sales")
    assert "No deals yet" in text_of(client.get(at(record)).content)
    won = make_deal(house, pipeline, "A crane", value_amount="1200.50", value_currency="EUR", **part_of(record))
    make_deal(house, pipeline, "Twelve engines", **part_of(record))
    make_deal(house, pipeline, "Somebody else's")
    ended = make_deal(house, pipeline, "A later one", value_amount=1200, value_currency="JPY", **part_of(record))
    with seeding(house.scope(house.north)):
        for deal in (won, ended):
            Deal.objects.filter(pk=deal.pk).update(outcome="won", closed_at=deal.created_at)
    page = client.get(at(record))
    assert [line.deal.title for line in page.context["lines"]] == ["Twelve engines", "A later one", "A crane"]
    words = text_of(page.content)
    for word in ("Sales · Talk", "won", "€1,200.50", "¥1,200 "):
        assert word in words, word
    assert TAB.findall(page.content.decode()) == [(at(record), ' aria-current="page"', " 3")]
    assert TAB.findall(client.get(at(record, "overview")).content.decode()) == [(at(record), "", " 3")]


def test_a_restricted_deal_of_others_is_in_no_number(house: House, record: Any) -> None:
    deal = make_deal(house, title="Secret", **part_of(record))
    with seeding(house.scope(house.north)):
        Deal.objects.filter(pk=deal.pk).update(is_restricted=True)
    page = reader(house).get(at(record)).content.decode()
    assert ("Secret" in page, TAB.findall(page)[0][2]) == (False, "")


def test_who_sees_no_deals_has_no_tab(house: House, other_house: House, record: Any) -> None:
    looking = reader(house, "customers.people.view", "customers.companies.view")
    assert TAB.findall(looking.get(at(record, "overview")).content.decode()) == []
    assert looking.get(at(record)).status_code == 403
    assert reader(house, "customers.deals.view").get(at(record)).status_code == 403
    foreign = make_person(other_house)
    assert reader(house).get(at(foreign)).status_code == 404


def test_many_stand_on_pages_and_cost_no_more(house: House, record: Any) -> None:
    client, pipeline = reader(house), make_pipeline(house)
    counts = []
    for rows in (1, 50):
        for number in range(rows):
            make_deal(house, pipeline, f"No. {number}", **part_of(record))
        client.get(at(record))
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(at(record))
        counts.append(len(caught))
    assert (counts[0], len(answer.context["lines"])) == (counts[1], 50)
    last = client.get(f"{at(record)}?page=2")
    assert [line.deal.title for line in last.context["lines"]] == ["No. 0"]
    assert "Page 2 of 2" in text_of(last.content)
