"""Sample customers of demonstrations: the same every time, plausible, and quick to make."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from apps.customers.calculations import normal_email, normal_phone
from apps.customers.models import (
    Address,
    Comment,
    Company,
    Consent,
    ContactPoint,
    Customer,
    Person,
    PersonCompany,
    PersonCompanyRole,
    Tagging,
)
from apps.customers.services.samples import deals, interactions, voices
from apps.customers.services.samples.data import GROUPS, LANDS, SHARES, TAGS
from apps.customers.services.samples.deals import DealDraw
from apps.customers.services.samples.drawing import DAYS, Draw
from apps.customers.services.samples.hours import at_work
from apps.customers.services.samples.interactions import draw_interactions
from apps.customers.setup import seed_examples
from apps.dictionaries.services.seeding import seed_system_dictionaries
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_user
from tests.support.scopes import House

UNTIL = datetime(2026, 3, 6, 12, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")


def drawn(seed: str = "a", language: str = "pl") -> tuple[list[object], list[object]]:
    draw = Draw(seed, language, UNTIL, "PLN", WARSAW)
    companies = draw.companies(40)
    return [*companies], [*draw.people(200, companies)]


def test_a_seed_draws_the_same_customers_for_ever() -> None:
    assert drawn() == drawn()
    assert drawn() != drawn("b")
    first = Draw("a", "pl", UNTIL, "PLN", WARSAW).companies(1)[0]
    assert first.values["domain"].endswith(".example")


def test_their_words_fit_together() -> None:
    draw = Draw("a", "de", UNTIL, "EUR", WARSAW)
    companies = draw.companies(60)
    people = draw.people(400, companies)
    mails = [person.points[0]["value"] for person in people]
    assert len(set(mails)) == 400
    points = [point for person in people for point in person.points]
    points += [point for company in companies for point in company.points]
    assert all((normal_email(p["value"]) or normal_phone(p["value"])) == p["value"] for p in points)
    lands = Counter(company.land.country for company in companies)
    assert lands.most_common(1)[0][0] == "DE"
    assert all((UNTIL - person.created_at).days <= DAYS for person in people)
    old = [person for person in people if (UNTIL - person.created_at).days > 600]
    new = [person for person in people if (UNTIL - person.created_at).days < 60]
    assert sum(item.stage == "lead" for item in new) / len(new) > sum(item.stage == "lead" for item in old) / len(old)
    assert all(person.created_at >= companies[person.company].created_at for person in people if person.company)


def test_deals_begin_with_their_companies_and_end_before_now() -> None:
    draw = Draw("a", "pl", UNTIL, "PLN", WARSAW)
    companies = draw.companies(40)
    people = draw.people(200, companies)
    made = DealDraw("a", "pl", UNTIL, "PLN", WARSAW).deals(600, companies, people)
    assert made == DealDraw("a", "pl", UNTIL, "PLN", WARSAW).deals(600, companies, people)
    outcomes = Counter(deal.outcome for deal in made)
    assert min(outcomes[name] for name in ("open", "won", "lost")) > 80
    assert all((deal.closed_at is None) == (deal.outcome == "open") for deal in made)
    assert all(deal.closed_at is None or deal.created_at < deal.closed_at < UNTIL for deal in made)
    assert all(companies[deal.company].created_at <= deal.created_at for deal in made)
    assert all(people[deal.person].company == deal.company for deal in made if deal.person is not None)
    assert all(deal.visits[0] == (0.0, deal.created_at) for deal in made)
    assert all(deal.visits[-1][0] == 1.0 for deal in made if deal.outcome == "won")


def test_interactions_are_done_before_now_or_planned_behind_it() -> None:
    people = Draw("a", "de", UNTIL, "EUR", WARSAW).people(50, [])
    found = draw_interactions(500, people, seed="a", language="de", until=UNTIL, zone=WARSAW)
    assert found == draw_interactions(500, people, seed="a", language="de", until=UNTIL, zone=WARSAW)
    assert {item.kind for item in found} == {"call", "meeting", "email", "note", "task"}
    assert all((item.occurred_at is None) != (item.scheduled_at is None) for item in found)
    assert all(people[item.person].created_at <= item.occurred_at <= UNTIL for item in found if item.occurred_at)
    planned = [item.scheduled_at for item in found if item.scheduled_at is not None]
    assert 10 < len(planned) < 100
    assert min(planned) > UNTIL


def test_people_work_in_the_day_and_in_the_week() -> None:
    people = Draw("a", "pl", UNTIL, "PLN", WARSAW).people(50, [])
    found = draw_interactions(500, people, seed="a", language="pl", until=UNTIL, zone=WARSAW)
    moments = [item.occurred_at or item.scheduled_at or UNTIL for item in found]
    walls = [moment.astimezone(WARSAW) for moment in (*moments, *(person.created_at for person in people))]
    assert [wall for wall in walls if wall.weekday() > 4 or not 8 <= wall.hour <= 17] == []
    assert {wall.hour for wall in walls} >= {*range(8, 17)}


@given(minutes=st.lists(st.integers(0, 600 * 24 * 60), min_size=2))
def test_working_hours_keep_the_order(minutes: list[int]) -> None:
    moments = [UNTIL + timedelta(minutes=after) for after in sorted(minutes)]
    worked = [at_work(one, zone=WARSAW, since=moments[0], until=moments[-1]) for one in moments]
    assert worked == sorted(worked)
    assert moments[0] <= worked[0]
    assert worked[-1] <= moments[-1]
    assert all(abs(there - one) < timedelta(days=3) for there, one in zip(worked, moments, strict=True))


def test_every_language_of_the_house_has_words() -> None:
    assert LANDS.keys() == SHARES.keys() == TAGS.keys() == deals.TITLES.keys() == interactions.TITLES.keys()
    assert LANDS.keys() == voices.COMMENTS.keys() == voices.SOURCES.keys()
    assert all(names.keys() == LANDS.keys() for names in GROUPS.values())
    assert all(sum(shares.values()) == 100 for shares in SHARES.values())


def test_examples_are_seeded_once(house: House) -> None:
    make_user(house, name="Alice", email="alice@example.org")
    scope = house.scope()
    with using_scope(scope):
        seed_system_dictionaries()
        for _time in range(2):
            with clock.frozen(UNTIL):
                seed_examples(replace(scope, organization_id=None))
    with using_scope(scope), scoped_transaction():
        counts = [model.objects.count() for model in (Customer, Person, Company, ContactPoint, Address)]
        assert counts[:3] == [1200, 1000, 200]
        assert counts[3] > 1500
        assert PersonCompany.objects.filter(is_primary=True).count() > 700
        roles = PersonCompanyRole.objects.values("place").annotate(roles=Count("pk"))
        assert (roles.count() > 300, roles.filter(roles=2).count() > 100) == (True, True)
        assert Tagging.objects.count() > 800
        assert Company.objects.filter(parent__isnull=False).count() == 19
        days = [(UNTIL - moment).days for moment in Person.objects.values_list("created_at", flat=True)]
        assert (max(days) > 600, min(days) < 60) == (True, True)
        assert Person.objects.filter(lifecycle_stage_id__isnull=True).count() == 0
        assert Person.objects.filter(owner_id__isnull=False).count() > 300
        assert (Comment.objects.count() > 30, Consent.objects.filter(state="given").count() > 400) == (True, True)
        taken_back = Consent.objects.filter(state="withdrawn").values_list("customer_id", "purpose_id", "channel", "at")
        assert 30 < len(taken_back) < 200
        assert set(Consent.objects.values_list("recorded_by_label", flat=True)) == {"Alice"}
        for customer_id, purpose_id, channel, at in taken_back:
            said = Consent.objects.filter(customer_id=customer_id, purpose_id=purpose_id, channel=channel)
            assert next((one.state, one.at <= at <= UNTIL) for one in said.order_by("at")) == ("given", True)
