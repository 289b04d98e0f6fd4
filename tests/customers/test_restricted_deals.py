"""Restricted deals on the ways that only deals have: boards, figures, widgets, parts, what is said and planned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.test import Client
from django.urls import reverse

from apps.auth.models import User
from apps.customers.models import Comment, Deal, DealPerson, Follower, Interaction
from apps.kernel.extensions.dashboards import DASHBOARD_WIDGETS
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import acting_as
from tests.backoffice.conftest import signed_in
from tests.customers.factories import (
    COMMENTS,
    DEALS,
    FEATURES,
    FOLLOWERS,
    INTERACTIONS,
    PEOPLE,
    VISITS,
    make_company,
    make_deal,
    make_interaction,
    make_person,
    make_pipeline,
)
from tests.dashboards.factories import period
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.streams import finish, listening, streaming
from tests.notifications.notices import notifications
from tests.support.scopes import House, seeding

NAME = "Zoroaster"
ABLE = (*FEATURES, "audit_logs.view_tenant", "audit_logs.undo_tenant", "events.view", "dashboards.view")


@pytest.fixture
def alice(house: House) -> User:
    return member(house, *ABLE, name="Alice")


@pytest.fixture
def owner(house: House, alice: User) -> Client:
    return client_of(alice, organization=house.north)


@pytest.fixture
def carol(house: House) -> User:
    return member(house, *ABLE, name="Carol")


@pytest.fixture
def stranger(house: House, carol: User) -> Client:
    return client_of(carol, organization=house.north)


@pytest.fixture
def deal(house: House, owner: Client) -> Deal:
    """A deal of Ada's with lines that is overdue, restricted by Alice; an open one stands beside it."""
    pipeline, person, company = make_pipeline(house, name="Sales"), make_person(house), make_company(house)
    line = {"title": f"{NAME} lens", "quantity": 1, "unit_price": 700}
    found = make_deal(
        house,
        pipeline,
        NAME,
        value_currency="EUR",
        lines=[line],
        expected_close_on="2020-01-01",
        people=[{"person_id": person.pk}],
        companies=[{"company_id": company.pk}],
    )
    make_deal(house, pipeline, "Engines", value_amount=5, value_currency="EUR")
    assert send(owner, "post", f"{DEALS}{found.pk}/restrict/", {}).status_code == 200
    return found


def test_boards_and_key_figures_leave_it_out(owner: Client, stranger: Client, deal: Deal) -> None:
    asked = {"pipeline_id": str(deal.pipeline_id)}
    boards = [client.get(f"{DEALS}board/", asked).json() for client in (owner, stranger)]
    assert [board["lanes"][0]["count"] for board in boards] == [2, 1]
    assert [NAME in str(board) for board in boards] == [True, False]
    lanes = {"stage_id": str(deal.stage_id), "after": f"2000-01-01~{deal.pk}"}
    cards = [client.get(f"{DEALS}board/cards/", lanes).json()["cards"] for client in (owner, stranger)]
    assert [NAME in str(found) for found in cards] == [True, False]
    figures = [client.get(f"{DEALS}kpis/", asked).json()["pipeline"] for client in (owner, stranger)]
    assert [found["count"] for found in figures] == [2, 1]


def test_an_open_deal_is_not_found_by_whom_the_reader_does_not_see(
    house: House, owner: Client, stranger: Client
) -> None:
    person, company = make_person(house), make_company(house)
    make_deal(house, people=[{"person_id": person.pk}], companies=[{"company_id": company.pk}])
    for path in (f"{PEOPLE}{person.pk}", f"/api/customers/companies/{company.pk}"):
        assert send(owner, "post", f"{path}/restrict/", {}).status_code == 200
    for name, found in (("person_id", person), ("company_id", company)):
        for asked in ({name: str(found.pk)}, {f"{name}__in": str(found.pk)}):
            assert [client.get(DEALS, asked).json()["count"] for client in (owner, stranger)] == [1, 0]


def shown(house: House, user: User) -> Iterator[str]:
    """Every widget of deals, as the user gets it."""
    names = ("new_deals", "win_rate", "pipeline_by_stage", "won_by_month", "attention")
    with acting_as(house, user), scoped_transaction():
        for name in names:
            declared = DASHBOARD_WIDGETS[f"customers.{name}"]
            given = {item.name: item.default for item in declared.settings}
            yield str(declared.data(given, period("2020-01-01", "2030-01-01", "Europe/Warsaw")))


def test_widgets_leave_it_out(house: House, alice: User, carol: User, deal: Deal) -> None:
    by_alice, by_carol = list(shown(house, alice)), list(shown(house, carol))
    assert [NAME in by_alice[-1], NAME in by_carol[-1]] == [True, False]
    assert ["value=2" in by_alice[0], "value=1" in by_carol[0]] == [True, True]


@pytest.mark.parametrize("page", ["changelist", "board"])
def test_pages_of_all_deals_leave_it_out(alice: User, carol: User, deal: Deal, page: str) -> None:
    pages = [signed_in(user).get(reverse(f"admin:customers_deal_{page}")).content.decode() for user in (alice, carol)]
    assert [NAME in found for found in pages] == [True, False]
    assert "Engines" in pages[1]


def test_its_own_pages_are_missing(alice: User, carol: User, deal: Deal) -> None:
    own, other = signed_in(alice), signed_in(carol)
    addresses = [reverse(f"admin:customers_deal_{name}", args=[deal.pk]) for name in ("change", "timeline", "delete")]
    addresses.append(reverse("admin:customers_deal_press", args=[deal.pk, "win"]))
    addresses.append(f"{reverse('admin:customers_deal_access')}?entity=customers.deal&id={deal.pk}")
    assert {own.get(address).status_code for address in addresses} == {200}
    assert {other.get(address).status_code for address in addresses} == {404}


def test_customers_of_it_do_not_tell_of_it(
    alice: User, carol: User, owner: Client, stranger: Client, deal: Deal
) -> None:
    [person] = owner.get(f"{DEALS}{deal.pk}/").json()["people"]
    path = f"{PEOPLE}{person['person_id']}/timeline/"
    assert [NAME in client.get(path).content.decode() for client in (owner, stranger)] == [True, False]
    overview = reverse("admin:customers_person_overview", args=[person["person_id"]])
    pages = [signed_in(user).get(overview).content.decode() for user in (alice, carol)]
    assert [NAME in page for page in pages] == [True, False]
    asked = {"person_id": person["person_id"]}
    assert [client.get(DEALS, asked).json()["count"] for client in (owner, stranger)] == [1, 0]


def test_visits_and_events_of_its_parts_are_closed(owner: Client, stranger: Client, deal: Deal) -> None:
    visits = {"deal_id": str(deal.pk)}
    assert [client.get(VISITS, visits).json()["count"] for client in (owner, stranger)] == [1, 0]
    line = owner.get(f"{DEALS}{deal.pk}/").json()["lines"][0]
    values = {"lines": [{"id": line["id"], "title": f"{NAME} mirror", "quantity": "2", "unit_price": "1"}]}
    changed = send(owner, "patch", f"{DEALS}{deal.pk}/", values)
    assert changed.status_code == 200, changed.content
    for record in (str(deal.pk), line["id"]):
        found = [client.get("/api/events/outbox/", {"record_id": record}).json() for client in (owner, stranger)]
        assert [bool(item["results"]) for item in found] == [True, False]
    history = f"/api/audit_logs/records/customers.deal_line/{line['id']}/history/"
    assert [NAME in client.get(history).content.decode() for client in (owner, stranger)] == [True, False]


def test_what_was_made_with_it_does_not_show_its_lines_in_the_history(
    house: House, owner: Client, stranger: Client
) -> None:
    person = make_person(house)
    pipeline = make_pipeline(house)
    asked = {"deal_title": NAME, "pipeline_id": str(pipeline.pk), "value_amount": "7", "value_currency": "EUR"}
    made = send(owner, "post", f"{PEOPLE}{person.pk}/convert/", asked)
    assert made.status_code in {200, 201}, made.content
    with seeding(house.scope()):
        found = Deal.objects.get()
    send(owner, "post", f"{DEALS}{found.pk}/restrict/", {})
    path = f"/api/audit_logs/actions/{made['X-Action-Id']}/"
    told = [client.get(path).json() for client in (owner, stranger)]
    kinds = {"customers.deal", "customers.deal_person", "customers.stage_transition"}
    with seeding(house.scope()):
        part = DealPerson.objects.get()
    history = f"/api/audit_logs/records/customers.deal_person/{part.pk}/history/"
    assert [client.get(history).status_code for client in (owner, stranger)] == [200, 404]
    assert [kinds & set(re.findall(r"customers\.\w+", str(found["changes"]))) for found in told] == [kinds, set()]


def test_what_is_said_and_planned_about_it_is_closed(
    house: House, owner: Client, stranger: Client, carol: User, deal: Deal
) -> None:
    said = send(owner, "post", COMMENTS, {"deal_id": str(deal.pk), "body": f"{NAME} pays late."})
    assert said.status_code == 201, said.content
    call = make_interaction(house, f"Call {NAME}", deal_id=deal.pk)
    with seeding(house.scope(house.north)):
        Follower(deal_id=deal.pk, user_id=carol.pk).save(force_insert=True)
    for path in (COMMENTS, FOLLOWERS, INTERACTIONS):
        counts = [client.get(path).json()["count"] for client in (owner, stranger)]
        assert counts == [2 if path == FOLLOWERS else 1, 0], path
    actions = {"command__in": "customers.comment.create"}
    told = [client.get("/api/audit_logs/actions/", actions).json()["results"] for client in (owner, stranger)]
    assert [len(found) for found in told] == [1, 0]
    for path in (f"{COMMENTS}{said.json()['id']}/", f"{INTERACTIONS}{call.pk}/"):
        assert [client.get(path).status_code for client in (owner, stranger)] == [200, 404]
    refused = send(stranger, "post", COMMENTS, {"deal_id": str(deal.pk), "body": "x"})
    assert (refused.status_code, complaints(refused)) == (400, {"deal_id": "kernel.reference.unknown"})
    with seeding(house.scope()):
        assert (Comment.objects.count(), Interaction.objects.count()) == (1, 1)


def test_nobody_else_takes_a_change_of_it_back(owner: Client, stranger: Client, deal: Deal) -> None:
    action = send(owner, "post", f"{DEALS}{deal.pk}/win/", {})["X-Action-Id"]
    undo = f"/api/audit_logs/actions/{action}/undo/"
    assert send(stranger, "post", undo, {}).status_code == 404
    assert owner.get(f"{DEALS}{deal.pk}/").json()["outcome"] == "won"
    assert send(owner, "post", undo, {}).status_code == 200
    assert owner.get(f"{DEALS}{deal.pk}/").json()["outcome"] == "open"


def test_bulk_orders_pass_it_by(stranger: Client, owner: Client, deal: Deal) -> None:
    answer = send(stranger, "post", f"{DEALS}bulk/", {"action": "win", "ids": [str(deal.pk)]})
    assert answer.status_code == 400, answer.content
    assert owner.get(f"{DEALS}{deal.pk}/").json()["outcome"] == "open"


@pytest.mark.parametrize("sees", [True, False])
def test_an_owner_who_does_not_see_it_is_not_told(
    house: House, owner: Client, carol: User, deal: Deal, sees: bool
) -> None:
    assert send(owner, "patch", f"{DEALS}{deal.pk}/", {"owner_id": str(carol.pk)}).status_code == 200
    if sees:
        assert send(owner, "post", f"{DEALS}{deal.pk}/share/", {"user_id": str(carol.pk)}).status_code == 200
    assert send(owner, "post", f"{DEALS}{deal.pk}/win/", {}).status_code == 200
    sweep()
    assert [row.type for row in notifications(house)] == (["customers.deal_won"] if sees else [])


@pytest.mark.processes
@pytest.mark.committed
def test_the_live_stream_tells_only_those_who_see_the_deal(house: House) -> None:
    alice, carol = (member(house, *ABLE, name=name) for name in ("Alice", "Carol"))
    chief = member(house, *ABLE, "customers.deals.view_all", name="Chief")
    owner, pipeline = client_of(alice, organization=house.north), make_pipeline(house)
    hidden, open_one = make_deal(house, pipeline, NAME), make_deal(house, pipeline, "Engines")
    person = make_person(house)
    assert send(owner, "post", f"{PEOPLE}{person.pk}/restrict/", {}).status_code == 200
    assert send(owner, "post", f"{PEOPLE}{person.pk}/share/", {"user_id": str(carol.pk)}).status_code == 200
    assert send(owner, "post", f"{DEALS}{hidden.pk}/restrict/", {}).status_code == 200
    call = make_interaction(house, "Call", deal_id=hidden.pk, customer_id=person.pk)
    with streaming() as server, ExitStack() as stack:
        taps = [stack.enter_context(listening(server, user)) for user in (alice, chief, carol)]
        for path in (f"{DEALS}{hidden.pk}/", f"{DEALS}{open_one.pk}/"):
            assert send(owner, "patch", path, {"description": "x"}).status_code == 200
        assert send(owner, "patch", f"{INTERACTIONS}{call.pk}/", {"title": "Call them"}).status_code == 200
        finish(house, *taps)
        told = [{item.data["entity_id"] for item in tap.events() if item.data["entity_id"]} for tap in taps]
    hers, chiefs = {str(hidden.pk), str(open_one.pk), str(call.pk)}, {str(hidden.pk), str(open_one.pk)}
    assert told == [hers, chiefs, {str(open_one.pk)}], "the call is about a person whom the chief does not see"
