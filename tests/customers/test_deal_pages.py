"""The overview of a deal, its timeline, and what is said about it: in the back office and over REST."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from apps.auth.models import User
from apps.customers.models import Comment, Deal, Follower, Mention, Outcome
from apps.kernel import clock
from apps.kernel.commands.history.wording import field_label
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.backoffice.currencies import text_of
from tests.customers.factories import (
    COMMENTS,
    DEALS,
    FOLLOWERS,
    WORKS,
    make_company,
    make_deal,
    make_interaction,
    make_person,
    make_pipeline,
    stages_in,
)
from tests.directory.callers import client_of, complaints, send
from tests.kernel.events_probes import run_all
from tests.notifications.notices import notifications
from tests.support.scopes import House, seeding

EVERYTHING = (*WORKS, "dictionaries.view", "audit_logs.*", "auth.users.view")


def staff(house: House, name: str, *features: str) -> User:
    return make_user(house, name=name, roles=(make_role(house, *features),), home_organization_id=house.north.pk)


@pytest.fixture
def user(house: House) -> User:
    return staff(house, "Alice", *EVERYTHING)


@pytest.fixture
def alice(user: User) -> Client:
    return signed_in(user)


@pytest.fixture
def deal(house: House, user: User) -> Deal:
    """A deal with everything that is overdue and has been moved once."""
    pipeline = make_pipeline(house, name="Sales")
    return make_deal(
        house,
        pipeline,
        "Twelve engines",
        description="For the mill.",
        value_currency="EUR",
        expected_close_on="2020-01-01",
        owner_id=user.pk,
        lines=[{"title": "Engine", "quantity": Decimal(20), "unit_price": Decimal("100.50")}],
        people=[{"person_id": make_person(house, "Ada Lovelace").pk}],
        companies=[{"company_id": make_company(house, "Mill Ltd").pk}],
    )


def at(deal: Deal, name: str) -> str:
    return reverse(f"admin:customers_deal_{name}", args=[deal.pk])


def stored(house: House, model: Any) -> list[Any]:
    with seeding(house.scope()):
        return list(model.objects.all())


def test_the_overview_shows_where_it_stands_and_leads_on(alice: Client, house: House, deal: Deal) -> None:
    send(alice, "post", f"{DEALS}{deal.pk}/move/", {"stage_id": str(stages_in(house, deal.pipeline)[1].pk)})
    make_interaction(house, "Call the mill", deal_id=deal.pk, scheduled_at=clock.now() + timedelta(days=1))
    page = alice.get(at(deal, "overview"))
    words = text_of(page.content)
    expected = (
        "Sales · Offer · €2,010.00",
        "Overdue",
        "Ada Lovelace",
        "Mill Ltd",
        "Engine 20 × €2,010.00",
        "For the mill.",
        "50 %",
        "Call the mill",
        "Talk",
        "Alice",
    )
    for word in expected:
        assert word in words, word
    links = (at(deal, "change"), at(deal, "timeline"), reverse("admin:customers_deal_press", args=[deal.pk, "win"]))
    for there in (*links, f"{reverse('admin:customers_interaction_add')}?deal_id={deal.pk}"):
        assert f'href="{there}' in page.content.decode(), there
    assert 'aria-current="page">Overview' in page.content.decode()


def test_an_ended_deal_says_how(alice: Client, house: House) -> None:
    deal = make_deal(house, title="Bare")
    assert "Nobody yet." in text_of(alice.get(at(deal, "overview")).content)
    send(alice, "post", f"{DEALS}{deal.pk}/lose/", {"loss_notes": "They build their own."})
    words = text_of(alice.get(at(deal, "overview")).content)
    for word in ("lost", "Closed on", "They build their own.", "Reopen"):
        assert word in words, word
    assert "In its stage" not in words


@pytest.mark.parametrize("page", ["changelist", "board"])
def test_lists_and_boards_lead_to_the_overview(alice: Client, deal: Deal, page: str) -> None:
    address = reverse(f"admin:customers_deal_{page}")
    asked = {"pipeline": str(deal.pipeline_id)} if page == "board" else {}
    assert f'href="{at(deal, "overview")}' in alice.get(address, asked).content.decode()


def test_what_the_reader_may_not_is_not_offered(house: House, deal: Deal) -> None:
    looking = signed_in(staff(house, "Bob", "customers.deals.view"))
    words = text_of(looking.get(at(deal, "overview")).content)
    for word in ("Ada Lovelace", "Mill Ltd", "Follow", "Edit", "Move", "Add comment", "Plan something"):
        assert word not in words, word
    assert looking.post(at(deal, "comment"), {"body": "x"}).status_code == 403
    assert looking.post(at(deal, "follow")).status_code == 403
    blind = signed_in(staff(house, "Eve", "customers.people.view"))
    assert blind.get(at(deal, "overview")).status_code == 403


def test_hidden_and_missing_deals_have_no_pages(alice: Client, deal: Deal, house: House, other_house: House) -> None:
    with seeding(house.scope(house.north)):
        Deal.objects.filter(pk=deal.pk).update(is_restricted=True)
    for record in (deal, make_deal(other_house)):
        for name in ("overview", "timeline", "comment", "follow"):
            assert alice.get(at(record, name)).status_code == 404, name
            assert alice.post(at(record, name), {"body": "x"}).status_code in {404, 405}, name
        assert alice.get(f"{DEALS}{record.pk}/timeline/").status_code == 404
    assert stored(house, Comment) == []


def test_a_comment_is_written_on_its_timeline_and_followers_are_told(alice: Client, house: House, deal: Deal) -> None:
    dora = staff(house, "Dora", "customers.*")
    assert signed_in(dora).post(at(deal, "follow")).status_code == 302
    answer = alice.post(at(deal, "comment"), {"body": "Ask @Dora", "mention_ids": [str(dora.pk)]})
    assert (answer.status_code, answer["Location"]) == (302, at(deal, "timeline"))
    page = alice.get(at(deal, "timeline")).content.decode()
    assert "Ask @Dora" in page
    assert 'name="body"' in page
    assert [row.user_id for row in stored(house, Mention)] == [dora.pk]
    alice.post(at(deal, "comment"), {"body": "Signed soon."})
    run_all(2)
    sweep()
    told = [(row.type, row.title) for row in notifications(house, dora)]
    assert told == [
        ("customers.mentioned", "Alice mentions you: Twelve engines"),
        ("customers.followed", "News of Twelve engines"),
    ]
    assert notifications(house, dora)[0].link == at(deal, "overview")
    assert "Dora" in text_of(alice.get(at(deal, "overview")).content)


def test_a_refused_comment_is_shown_again(alice: Client, house: House, deal: Deal) -> None:
    answer = alice.post(at(deal, "comment"), {"body": "x" * 8001})
    assert answer.status_code == 400
    assert "at most 8000" in answer.content.decode()
    assert stored(house, Comment) == []


def test_the_list_of_comments_names_the_deal(alice: Client, deal: Deal) -> None:
    alice.post(at(deal, "comment"), {"body": "Signed soon."})
    page = alice.get(reverse("admin:customers_comment_changelist")).content.decode()
    assert f'<a href="{at(deal, "overview")}" class="text-link">Twelve engines</a>' in page


def test_following_is_switched_by_a_button(alice: Client, house: House, deal: Deal) -> None:
    for count in (1, 0):
        assert alice.post(at(deal, "follow"))["Location"] == at(deal, "overview")
        assert len(stored(house, Follower)) == count
    made = send(alice, "post", FOLLOWERS, {"deal_id": str(deal.pk)})
    assert (made.status_code, made.json()["customer_id"]) == (201, None)


def test_its_timeline_over_rest_tells_changes_comments_and_what_was_done(house: House, user: User, deal: Deal) -> None:
    client = client_of(user, organization=house.north)
    send(client, "patch", f"{DEALS}{deal.pk}/", {"title": "Thirteen engines"})
    send(client, "post", COMMENTS, {"deal_id": str(deal.pk), "body": "They called."})
    now = clock.now()
    make_interaction(house, "Visit", deal_id=deal.pk, status="done", occurred_at=now, owner_id=user.pk)
    path = f"{DEALS}{deal.pk}/timeline/"
    found = {item["kind"]: item for item in client.get(path).json()["results"]}
    assert found["customers.comments"]["text"] == "They called."
    assert found["customers.interactions_of_deal"]["title"] == "Visit"
    assert found["audit_logs.changes"]["who"] == "Alice"
    wrong = client.get(path, {"kind": "nonsense"})
    assert (wrong.status_code, list(complaints(wrong))) == (400, ["kind"])


def test_a_plan_begins_with_its_deal(alice: Client, deal: Deal) -> None:
    page = alice.get(reverse("admin:customers_interaction_add"), {"deal_id": str(deal.pk)}).content.decode()
    assert str(deal.pk) in page


@pytest.mark.parametrize(
    ("language", "state", "owner"),
    [("pl", "otwarta", "Organizacja"), ("de", "offen", "Organisation"), ("es", "abierto", "Organización")],
)
def test_states_and_owners_are_called_what_they_are(language: str, state: str, owner: str) -> None:
    with translation.override(language):
        assert str(Outcome.OPEN.label) == state
        assert field_label(Deal._meta.get_field("organization_id"), "organization_id") == owner
