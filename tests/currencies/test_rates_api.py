"""Exchange rates over HTTP: recording, correcting, closing, asking what was known, and what is refused how."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.currencies.models import ExchangeRate
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import make_currency, make_rates, quote
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.support.scopes import House

LIST = "/api/currencies/exchange-rates/"
BODY = {"from_code": "EUR", "to_code": "PLN", "rate": "4.25", "effective_on": "2026-11-20"}


@pytest.fixture
def manager(house: House) -> Client:
    make_currency(house, "PLN", is_base=True)
    for code in ("EUR", "USD"):
        make_currency(house, code)
    return client_of(member(house, "currencies.rates.manage"), organization=house.north)


def rows(house: House) -> int:
    """How many rows there are, those that no longer count included."""
    with using_scope(house.scope()), scoped_transaction():
        return ExchangeRate.objects.count()


def values(answer: Any) -> list[str]:
    return [record["rate"] for record in answer.json()["results"]]


def test_a_record_shows_these_fields(manager: Client, house: House) -> None:
    made = send(manager, "post", LIST, BODY)
    assert made.status_code == 201
    record = manager.get(made.headers["Location"]).json()
    assert record == made.json()
    assert UUID(record.pop("id"))
    assert record.pop("known_from").endswith("Z")
    assert record.pop("created_at").endswith("Z")
    assert record == {
        "organization_id": str(house.north.pk),
        "from_code": "EUR",
        "to_code": "PLN",
        "rate": "4.25000000000000",
        "effective_on": "2026-11-20",
        "source": "manual",
        "kind": "mid",
        "known_until": None,
    }


def test_recording_the_same_again_changes_nothing(manager: Client, house: House) -> None:
    first, second = (send(manager, "post", LIST, BODY) for _ in range(2))
    assert first.json() == second.json()
    assert rows(house) == 1


def test_recording_another_value_corrects(manager: Client, house: House) -> None:
    first = send(manager, "post", LIST, BODY).json()
    second = send(manager, "post", LIST, {**BODY, "rate": "4.26"}).json()
    assert second["id"] != first["id"]
    assert values(manager.get(LIST)) == ["4.26000000000000"]
    assert rows(house) == 2


def test_a_change_is_a_correction_and_the_former_value_stays_on_record(manager: Client) -> None:
    first = send(manager, "post", LIST, BODY).json()
    answer = send(manager, "patch", f"{LIST}{first['id']}/", {"rate": "4.3"})
    assert (answer.status_code, answer.json()["rate"]) == (200, "4.30000000000000")
    assert manager.get(f"{LIST}{first['id']}/").status_code == 404
    assert values(manager.get(LIST)) == ["4.30000000000000"]
    then = manager.get(LIST, {"known_at": first["known_from"]}).json()["results"]
    assert [(item["id"], item["rate"], item["known_until"]) for item in then] == [
        (first["id"], "4.25000000000000", answer.json()["known_from"])
    ]


def test_a_correction_takes_nothing_but_the_rate(manager: Client) -> None:
    first = send(manager, "post", LIST, BODY).json()
    answer = send(manager, "patch", f"{LIST}{first['id']}/", {"kind": "buy", "effective_on": "2026-11-21", "x": 1})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {"kind": "read_only", "effective_on": "read_only", "x": "unknown"},
    )
    assert complaints(send(manager, "put", f"{LIST}{first['id']}/", {})) == {"rate": "required"}


def test_a_deletion_lets_a_rate_count_no_longer_and_undo_lets_it_count_again(manager: Client, house: House) -> None:
    made = send(manager, "post", LIST, BODY)
    gone = manager.delete(made.headers["Location"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert values(manager.get(LIST)) == []
    assert values(manager.get(LIST, {"known_at": made.json()["known_from"]})) == ["4.25000000000000"]
    with using_scope(house.scope()):
        undo(UUID(gone.headers["X-Action-Id"]))
    assert values(manager.get(LIST)) == ["4.25000000000000"]
    assert rows(house) == 2


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"rate": "0"}, {"rate": "min_value"}),
        ({"rate": "-4.25"}, {"rate": "min_value"}),
        ({"rate": "1e999"}, {"rate": "max_digits"}),
        ({"rate": "NaN"}, {"rate": "invalid"}),
        ({"rate": "Infinity"}, {"rate": "invalid"}),
        ({"rate": "4.250000000000001"}, {"rate": "max_decimal_places"}),
        ({"rate": "123456789012345"}, {"rate": "max_whole_digits"}),
        ({"rate": "four"}, {"rate": "invalid"}),
        ({"rate": None}, {"rate": "null"}),
        ({"to_code": "EUR"}, {"to_code": "currencies.rate.same_currency"}),
        ({"to_code": "CHF"}, {"to_code": "currencies.rate.currency_not_held"}),
        ({"from_code": "QQQ"}, {"from_code": "currencies.rate.currency_not_held"}),
        ({"from_code": "eur"}, {"from_code": "invalid"}),
        ({"from_code": 7}, {"from_code": "invalid"}),
        ({"effective_on": "2026-02-30"}, {"effective_on": "invalid"}),
        ({"effective_on": "20 November"}, {"effective_on": "invalid"}),
        ({"kind": "ask"}, {"kind": "invalid_choice"}),
        ({"source": ""}, {"source": "blank"}),
        ({"source": "EC\nB"}, {"source": "invalid"}),
        ({"source": "x" * 51}, {"source": "max_length"}),
        ({"organization_id": str(uuid4())}, {"organization_id": "read_only"}),
        ({"known_until": "2026-11-20T00:00:00Z"}, {"known_until": "read_only"}),
        ({"units": 100}, {"units": "unknown"}),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_written(
    manager: Client, house: House, changes: dict[str, object], complaint: dict[str, str]
) -> None:
    answer = send(manager, "post", LIST, {**BODY, **changes})
    assert (answer.status_code, answer.headers["Content-Type"], complaints(answer)) == (400, PROBLEM, complaint)
    assert rows(house) == 0


def test_every_complaint_comes_at_once(manager: Client) -> None:
    answer = send(manager, "post", LIST, {"from_code": "E", "rate": "x", "kind": "ask"})
    assert complaints(answer) == {
        "from_code": "invalid",
        "to_code": "required",
        "rate": "invalid",
        "effective_on": "required",
        "kind": "invalid_choice",
    }


def test_many_are_recorded_in_one_action(manager: Client, house: House) -> None:
    rates = [BODY, {**BODY, "from_code": "USD", "rate": "3.95"}, {**BODY, "kind": "buy", "rate": "4.2"}]
    answer = send(manager, "post", f"{LIST}record/", {"source": "NBP", "rates": rates})
    assert (answer.status_code, len(answer.json()["results"])) == (201, 3)
    assert {record["source"] for record in answer.json()["results"]} == {"NBP"}
    again = send(manager, "post", f"{LIST}record/", {"source": "NBP", "rates": rates})
    assert again.json() == {"results": []}
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    assert values(manager.get(LIST)) == []


def test_one_bad_rate_of_many_stops_all_and_is_named(manager: Client, house: House) -> None:
    rates = [BODY, {**BODY, "to_code": "CHF"}, {**BODY, "to_code": "EUR"}]
    answer = send(manager, "post", f"{LIST}record/", {"source": "NBP", "rates": rates})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "rates.1.to_code": "currencies.rate.currency_not_held",
            "rates.2.to_code": "currencies.rate.same_currency",
        },
    )
    assert rows(house) == 0


def test_the_list_is_filtered_sorted_and_exported(manager: Client, house: House) -> None:
    make_rates(house, quote("EUR/PLN", "4.2", "2026-11-18"), quote("EUR/PLN", "4.3", "2026-11-20"), source="ECB")
    make_rates(house, quote("USD/PLN", "3.9", "2026-11-19"), source="NBP")
    assert values(manager.get(LIST)) == ["4.30000000000000", "3.90000000000000", "4.20000000000000"]
    assert values(manager.get(LIST, {"from_code": "EUR", "effective_on__lte": "2026-11-19"})) == ["4.20000000000000"]
    assert values(manager.get(LIST, {"source__in": "NBP,manual"})) == ["3.90000000000000"]
    file = manager.get(LIST, {"format": "csv", "fields": "from_code,rate,effective_on", "source": "NBP"})
    assert b"".join(file.streaming_content).decode().split() == [  # type: ignore[attr-defined]
        "from_code,rate,effective_on",
        "USD,3.90000000000000,2026-11-19",
    ]


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-20", "2026-11-20T10:00:00"])
def test_a_moment_without_offset_is_refused(manager: Client, moment: str) -> None:
    answer = manager.get(LIST, {"known_at": moment})
    assert (answer.status_code, complaints(answer)) == (400, {"known_at": "kernel.filter.invalid"})


def test_many_rates_are_corrected_or_closed_in_one_action(manager: Client, house: House) -> None:
    ids = make_rates(house, quote("EUR/PLN", "4.2", "2026-11-18"), quote("EUR/PLN", "4.3", "2026-11-20"))
    body = {"action": "delete", "ids": [str(item) for item in ids]}
    answer = send(manager, "post", f"{LIST}bulk/", body)
    assert (answer.status_code, answer.json()["count"]) == (200, 2)
    assert values(manager.get(LIST)) == []
    again = send(manager, "post", f"{LIST}bulk/", body)
    assert (again.status_code, set(complaints(again).values())) == (400, {"kernel.reference.unknown"})


@pytest.mark.parametrize(("method", "body"), [("get", None), ("patch", {"rate": "1"}), ("delete", None)])
def test_foreign_hidden_closed_and_missing_rates_look_the_same(
    manager: Client, house: House, other_house: House, method: str, body: object
) -> None:
    [foreign] = make_rates(other_house, quote("EUR/PLN", "4.2", "2026-11-18"))
    [hidden] = make_rates(house, quote("EUR/PLN", "4.2", "2026-11-18"), at=house.south)
    [closed] = make_rates(house, quote("EUR/PLN", "4.2", "2026-11-18"))
    assert manager.delete(f"{LIST}{closed}/").status_code == 204
    answers = [send(manager, method, f"{LIST}{item}/", body) for item in (foreign, hidden, closed, uuid4())]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1


def test_who_may_view_may_not_write(manager: Client, house: House) -> None:
    made = send(manager, "post", LIST, BODY)
    viewer = client_of(member(house, "currencies.rates.view"), organization=house.north)
    assert viewer.get(made.headers["Location"]).status_code == 200
    for answer in (
        send(viewer, "post", LIST, BODY),
        send(viewer, "patch", made.headers["Location"], {"rate": "1"}),
        viewer.delete(made.headers["Location"]),
        send(viewer, "post", f"{LIST}record/", {"source": "x", "rates": [BODY]}),
        send(viewer, "post", f"{LIST}bulk/", {"action": "delete", "ids": [made.json()["id"]]}),
    ):
        assert (answer.status_code, answer.json()["feature"]) == (403, "currencies.rates.manage")
    nobody = client_of(member(house, "currencies.view"), organization=house.north)
    assert (nobody.get(LIST).status_code, nobody.get(LIST).json()["feature"]) == (403, "currencies.rates.view")
