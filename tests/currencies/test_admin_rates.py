"""Back office pages of exchange rates: lists, new rates, corrections, closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from apps.currencies.models import ExchangeRate
from apps.currencies.services import correct_rate
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import reading_in
from tests.backoffice.currencies import text_of
from tests.currencies.banks import rates
from tests.currencies.factories import make_currency, make_rates, quote
from tests.currencies.shown import CONFIGS, RATES
from tests.directory.callers import client_of, member
from tests.support.scopes import House

MARCH = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "currencies.*"), organization=house.north)


@pytest.fixture
def rate_id(house: House) -> UUID:
    """A rate that became known on the sixth of March."""
    with clock.frozen(MARCH):
        [found] = make_rates(house, quote("EUR/PLN", "4.25", "2026-03-05"))
    return found


def listed(client: Client, query: str = "") -> str:
    answer = client.get(f"{RATES}?{query}")
    assert answer.status_code == 200
    return text_of(answer.content)


def known_rows(house: House) -> list[tuple[str, bool]]:
    """Every value that was ever known, oldest first, and whether it counts today."""
    with reading_in(house):
        rows = ExchangeRate.objects.order_by("known__startswith")
        return [(f"{row.rate.normalize():f}", row.is_known) for row in rows]


def test_a_rate_is_listed_with_all_that_is_known_of_it(manager: Client, rate_id: UUID) -> None:
    shown = listed(manager)
    for text in ("EUR/PLN", "4.2500", "5 March 2026", "ECB", "middle", "6 Mar 2026, 12:00", "North"):
        assert text in shown


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("from=EUR", True),
        ("from=PLN", False),
        ("to=PLN", True),
        ("source=ECB", True),
        ("source=nbp", False),
        ("kind__exact=mid", True),
        ("kind__exact=buy", False),
        ("since=2026-03-05&until=2026-03-05", True),
        ("since=2026-03-06", False),
        ("until=2026-03-04", False),
        ("known=2026-03-06", True),
        ("known=2026-03-05", False),
    ],
)
def test_lists_are_narrowed(manager: Client, rate_id: UUID, query: str, is_found: bool) -> None:
    assert ("4.2500" in listed(manager, query)) is is_found


@pytest.mark.parametrize("query", ["source=%00", "from=%00", "to=XXX"])
def test_what_cannot_be_there_finds_nothing(manager: Client, rate_id: UUID, query: str) -> None:
    assert "4.2500" not in listed(manager, query)


@pytest.mark.parametrize("query", ["known=yesterday", "since=31.12.2026"])
def test_what_is_no_day_is_complained_of(manager: Client, rate_id: UUID, query: str) -> None:
    shown = listed(manager, query)
    assert f"“{query.partition('=')[2]}” is no day" in shown
    assert "4.2500" not in shown


def test_a_list_as_known_on_a_day_shows_what_was_corrected_since(manager: Client, house: House, rate_id: UUID) -> None:
    with clock.frozen(MARCH + timedelta(days=3)), using_scope(house.scope(house.north)):
        correct_rate(rate_id, rate=quote("EUR/PLN", "4.5", "2026-03-05").rate)
    assert "4.5000" in listed(manager)
    assert "4.2500" not in listed(manager)
    assert "4.2500" in listed(manager, "known=2026-03-08")
    assert "4.5000" in listed(manager, "known=2026-03-09")


def test_a_rate_is_entered(manager: Client, house: House) -> None:
    for code in ("EUR", "PLN"):
        make_currency(house, code, is_base=code == "PLN")
    form = manager.get(f"{RATES}add/").content.decode()
    assert '<option value="EUR" selected>' in form
    body = {"from_code": "EUR", "to_code": "PLN", "rate": "4.3", "effective_on": "2026-03-05", "kind": "buy"}
    assert manager.post(f"{RATES}add/", {**body, "source": "manual"}).status_code == 302
    assert rates(house, "manual") == {("EUR", "PLN", "buy"): "4.3"}


def test_what_is_wrong_stands_beside_its_field(manager: Client, house: House) -> None:
    for code in ("EUR", "PLN"):
        make_currency(house, code, is_base=code == "PLN")
    body = {
        "from_code": "EUR",
        "to_code": "EUR",
        "rate": "0",
        "effective_on": "2026-03-05",
        "kind": "mid",
        "source": "?",
    }
    answer = manager.post(f"{RATES}add/", body)
    shown = text_of(answer.content)
    assert answer.status_code == 200
    assert "A rate is between two different currencies." in shown
    assert "Ensure this value is greater than or equal to" in shown
    assert rates(house) == {}


def test_without_an_organization_nothing_can_be_entered(house: House) -> None:
    anywhere = client_of(member(house, "currencies.*"), organization="all")
    body = {
        "from_code": "EUR",
        "to_code": "PLN",
        "rate": "1",
        "effective_on": "2026-03-05",
        "kind": "mid",
        "source": "x",
    }
    assert anywhere.get(f"{RATES}add/").status_code == 200
    assert anywhere.post(f"{RATES}add/", body).status_code == 200
    assert rates(house) == {}


def test_a_correction_keeps_the_former_value(manager: Client, house: House, rate_id: UUID) -> None:
    change = f"{RATES}{rate_id}/change/"
    assert "The former value stays on record" in text_of(manager.get(change).content)
    answer = manager.post(change, {"rate": "4.5", "_continue": "1"})
    assert answer.status_code == 302
    assert str(rate_id) not in answer["Location"]
    assert known_rows(house) == [("4.25", False), ("4.5", True)]
    page = text_of(manager.get(answer["Location"]).content)
    assert "counts today 4.5000" in page
    assert "4.2500" in page


def test_the_former_value_can_be_read_and_no_longer_changed(manager: Client, house: House, rate_id: UUID) -> None:
    change = f"{RATES}{rate_id}/change/"
    manager.post(change, {"rate": "4.5"})
    former = manager.get(change)
    assert former.status_code == 200
    assert 'name="_save"' not in former.content.decode()
    late = manager.post(change, {"rate": "4.6"}, follow=True)
    assert "it was corrected or closed meanwhile" in text_of(late.content)
    assert known_rows(house) == [("4.25", False), ("4.5", True)]


def test_a_correction_that_is_no_rate_is_refused(manager: Client, house: House, rate_id: UUID) -> None:
    answer = manager.post(f"{RATES}{rate_id}/change/", {"rate": "-1"})
    assert answer.status_code == 200
    assert "greater than or equal to" in text_of(answer.content)
    assert known_rows(house) == [("4.25", True)]


def test_deleting_closes_and_says_so(manager: Client, house: House, rate_id: UUID) -> None:
    page = f"{RATES}{rate_id}/delete/"
    assert "Nothing is deleted" in text_of(manager.get(page).content)
    assert manager.post(page, {"post": "yes"}).status_code == 302
    assert known_rows(house) == [("4.25", False)]
    assert "4.2500" not in listed(manager)


def test_a_selection_is_closed(manager: Client, house: House, rate_id: UUID) -> None:
    offered = manager.get(RATES).content.decode()
    assert '<option value="delete_selected">' not in offered
    body = {"action": "close", "_selected_action": [str(rate_id)]}
    assert "What was known before stays on record" in text_of(manager.post(RATES, body).content)
    assert manager.post(RATES, {**body, "confirmed": "yes"}).status_code == 302
    assert known_rows(house) == [("4.25", False)]


def test_who_may_only_see_changes_nothing(house: House, rate_id: UUID) -> None:
    viewer = client_of(member(house, "currencies.rates.view"), organization=house.north)
    page = viewer.get(f"{RATES}{rate_id}/change/")
    assert "4.2500" in text_of(page.content)
    assert 'name="_save"' not in page.content.decode()
    for address in (f"{RATES}add/", f"{RATES}{rate_id}/delete/", CONFIGS):
        assert viewer.get(address).status_code == 403
    assert viewer.post(f"{RATES}{rate_id}/change/", {"rate": "9"}).status_code == 403
    assert known_rows(house) == [("4.25", True)]


def test_rates_of_others_are_not_there(house: House, other_house: House, rate_id: UUID) -> None:
    charlie = client_of(member(other_house, "currencies.*"), organization=other_house.north)
    assert "4.2500" not in listed(charlie)
    for page in ("change", "delete"):
        assert charlie.get(f"{RATES}{rate_id}/{page}/").status_code == 404
    assert charlie.post(f"{RATES}{rate_id}/change/", {"rate": "9"}).status_code == 404
    south = client_of(member(house, "currencies.*", only=(house.south,)), organization=house.south)
    assert south.get(f"{RATES}{rate_id}/change/").status_code == 404
