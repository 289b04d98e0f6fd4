"""Key figures and boards of deals over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.auth.factories import make_user
from tests.customers.factories import clerk, make_company, make_person
from tests.customers.pipelines import at, deal_of, join, make_pipeline, priced, store
from tests.dashboards.factories import in_zone
from tests.directory.callers import complaints
from tests.support.scopes import House

KPIS, BOARD, CARDS = "/api/customers/deals/kpis/", "/api/customers/deals/board/", "/api/customers/deals/board/cards/"
NOBODY = "01a2056d-6f6b-75e5-baed-229d1661d77d"


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def shown(client: Client, address: str, **asked: Any) -> Any:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def a_spring(house: House) -> None:
    """Deals of the first half of 2026: two that are open, three won, one lost."""
    lead, offer, _talks = make_pipeline(house)
    won: dict[str, Any] = {"outcome": "won", "created_at": at("2026-04-01T00:00")}
    lost = {**won, "outcome": "lost"}
    store(
        house,
        deal_of(lead, value=1000, created_at=at("2026-05-02T12:00")),
        deal_of(offer, value=500, probability=90, created_at=at("2026-02-02T12:00")),
        deal_of(lead, value=300, closed_at=at("2026-04-11T00:00"), **won),
        deal_of(lead, value=100, closed_at=at("2026-05-01T00:00"), **won),
        deal_of(lead, value=70, closed_at=at("2026-05-01T00:00"), **lost),
        deal_of(lead, value=200, closed_at=at("2026-02-01T00:00"), **{**won, "created_at": at("2026-01-01T00:00")}),
    )


def test_key_figures_of_a_quarter(bob: Client, house: House) -> None:
    a_spring(house)
    in_zone(house, "Europe/Warsaw")
    with clock.frozen(at("2026-05-10T12:00")):
        found = shown(bob, KPIS)
    assert (found["start"], found["end"]) == ("2026-04-01", "2026-05-10")
    assert found["compared"] == ["2026-01-01", "2026-02-09"]
    assert (found["base_currency"], found["converted_all"], found["missing_rate_currencies"]) == ("EUR", True, [])
    assert found["pipeline"] == {"count": 2, "value": "1500.0000", "weighted": "550.0000"}
    assert [(stage["label"], stage["count"], stage["weighted"]) for stage in found["stages"]] == [
        ("Lead", 1, "100.0000"),
        ("Offer", 1, "450.0000"),
        ("Talks", 0, "0.0000"),
    ]
    assert found["won"] == {
        "count": 2,
        "value": "400.0000",
        "average": "200.0000",
        "cycle_days": "20.0",
        "count_change": "100.0",
        "value_change": "100.0",
        "former_count": 1,
        "former_value": "200.0000",
    }
    assert (found["lost"]["value_change"], found["added"]["count"]) == (None, 4)
    assert found["win_rate"] == {"percent": "66.7", "former_percent": "100.0", "change_points": "-33.3"}
    assert [(month["month"], month["won_count"], month["won_value"]) for month in found["months"][3:]] == [
        ("2026-03-01", 0, "0"),
        ("2026-04-01", 1, "300.0000"),
        ("2026-05-01", 1, "100.0000"),
    ]


def test_figures_of_one_pipeline_and_one_owner(bob: Client, house: House) -> None:
    [lead, *_stages], [other] = make_pipeline(house), make_pipeline(house, ("Alone", 30))
    owner = make_user(house).pk
    store(
        house,
        deal_of(lead, value=1, owner_id=owner),
        deal_of(lead, value=10),
        deal_of(other, value=100, owner_id=owner),
    )
    assert shown(bob, KPIS)["pipeline"]["count"] == 3
    assert shown(bob, KPIS, owner_id=owner)["pipeline"]["value"] == "101.0000"
    found = shown(bob, KPIS, owner_id=owner, pipeline_id=lead.pipeline_id)
    assert (found["pipeline"]["value"], [stage["label"] for stage in found["stages"]]) == (
        "1.0000",
        ["Lead", "Offer", "Talks"],
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"period": "someday"}, {"period": "invalid_choice"}),
        ({"period": "custom"}, dict.fromkeys(("start", "end"), "customers.period.days")),
        ({"start": "2026-02-01", "end": "2026-01-01"}, {"start": "customers.period.days"}),
        ({"pipeline_id": NOBODY}, {"pipeline_id": "kernel.reference.unknown"}),
        ({"pipeline_id": "x", "colour": "red"}, {"colour": "kernel.parameter.unknown"}),
    ],
)
def test_questions_that_make_no_sense_are_refused(bob: Client, asked: dict[str, str], expected: dict[str, str]) -> None:
    answer = bob.get(KPIS, asked)
    assert (answer.status_code, complaints(answer)) == (400, expected)


def test_lanes_show_totals_of_all_and_cards_of_the_first(bob: Client, house: House) -> None:
    lead, offer, talks = make_pipeline(house)
    ada, engines = make_person(house, "Ada Lovelace"), make_company(house, "Engines")
    days = ("2026-05-03", None, "2026-05-01", "2026-05-02")
    deals = [deal_of(lead, f"Deal {n}", value=10**n, expected_close_on=day) for n, day in enumerate(days)]
    zloty = deal_of(offer, "In zloty", **priced(Decimal(100), "PLN", rate=Decimal("0.25")), probability=10)
    franc = deal_of(offer, "In francs", **priced(Decimal(7), "CHF", rate=None))
    closed = deal_of(talks, value=9, outcome="won", closed_at=at("2026-05-01T12:00"))
    store(house, *deals, zloty, franc, closed)
    join(house, zloty, ada, engines)
    with clock.frozen(at("2026-05-02T12:00")):
        found = shown(bob, BOARD, pipeline_id=lead.pipeline_id, cards=2)
    first, second, third = found["lanes"]
    assert (found["base_currency"], found["converted_all"], found["missing_rate_currencies"]) == ("EUR", False, ["CHF"])
    assert (found["count"], found["value"]) == (6, "1136.0000")
    assert (first["count"], first["value"], first["weighted"]) == (4, "1111.0000", "111.1000")
    assert [(card["title"], card["is_overdue"]) for card in first["cards"]] == [("Deal 2", True), ("Deal 3", False)]
    assert second["totals"] == [{"currency": "CHF", "amount": "7.0000"}, {"currency": "PLN", "amount": "100.0000"}]
    assert (second["value"], second["weighted"], second["next"]) == ("25.0000", "2.5000", None)
    [card] = [card for card in second["cards"] if card["title"] == "In zloty"]
    assert [item["name"] for item in (*card["people"], *card["companies"])] == ["Ada Lovelace", "Engines"]
    assert (third["count"], third["cards"]) == (0, [])
    more = shown(bob, CARDS, stage_id=lead.pk, after=first["next"], cards=1)
    assert ([card["title"] for card in more["cards"]], more["next"] is None) == (["Deal 0"], False)
    last = shown(bob, CARDS, stage_id=lead.pk, after=more["next"], cards=1)
    assert ([card["title"] for card in last["cards"]], last["next"]) == (["Deal 1"], None)


def test_a_place_that_is_none_is_refused(bob: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    for after in ("x", "2026-13-01~", f"never~{NOBODY}"):
        answer = bob.get(CARDS, {"stage_id": str(lead.pk), "after": after})
        assert (answer.status_code, complaints(answer)) == (400, {"after": "kernel.cursor.invalid"})


def test_a_deal_that_stays_too_long_is_stale(bob: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house, stale_after_days=7)
    store(
        house,
        deal_of(lead, "Old", stage_since=at("2026-05-01T11:00")),
        deal_of(lead, "New", stage_since=at("2026-05-02T12:00")),
    )
    with clock.frozen(at("2026-05-08T12:00")):
        [lane, *_lanes] = shown(bob, BOARD)["lanes"]
    assert [(card["title"], card["is_stale"], card["days_in_stage"]) for card in lane["cards"]] == [
        ("Old", True, 7),
        ("New", False, 6),
    ]


def test_a_restricted_deal_is_on_nobody_elses_board(bob: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    store(house, deal_of(lead, value=1), deal_of(lead, value=1000, is_restricted=True, owner_id=uuid7()))
    found = shown(bob, BOARD, pipeline_id=lead.pipeline_id)
    assert (found["count"], found["value"], len(found["lanes"][0]["cards"])) == (1, "1.0000", 1)


def test_boards_of_others_do_not_exist(bob: Client, house: House, other_house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    store(house, deal_of(lead, expected_close_on=None))
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        answer = stranger.get(BOARD, {"pipeline_id": str(lead.pipeline_id)})
        assert complaints(answer) == {"pipeline_id": "kernel.reference.unknown"}
        assert shown(stranger, BOARD)["lanes"] == []
        assert shown(stranger, CARDS, stage_id=lead.pk, after=f"~{NOBODY}") == {"cards": [], "next": None}
        assert shown(stranger, KPIS)["pipeline"]["count"] == 0
    assert clerk(house, "customers.people.view").get(BOARD).status_code == 403


def test_a_board_costs_the_same_queries_whatever_is_on_it(bob: Client, house: House) -> None:
    stages, owners = make_pipeline(house), [make_user(house).pk for _each in range(4)]

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            shown(bob, BOARD, pipeline_id=stages[0].pipeline_id)
        return len(caught)

    store(house, deal_of(stages[0], owner_id=owners[0]))
    count()  # what the caller may do is remembered from the first request
    few = count()
    store(house, *(deal_of(stage, owner_id=owner) for stage in stages for owner in owners))
    assert count() == few
