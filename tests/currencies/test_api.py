"""Currencies over HTTP: what can be read, what can be written, and what is refused how."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from apps.currencies.models import Currency
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import bases_of, codes_of, make_currency
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.support.scopes import House

LIST = "/api/currencies/currencies/"


def at(currency: Currency, action: str = "") -> str:
    return f"{LIST}{currency.pk}/{action}"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "currencies.manage"), organization=house.north)


@pytest.fixture
def euro(house: House) -> Currency:
    return make_currency(house, "EUR", name="Euro", symbol="€", is_base=True)


@pytest.fixture
def dollar(house: House, euro: Currency) -> Currency:
    return make_currency(house, "USD", name="US Dollar", symbol="$")


def test_a_list_shows_the_selected_organization_only(
    house: House, other_house: House, manager: Client, euro: Currency
) -> None:
    make_currency(house, "GBP", at=house.south)
    make_currency(other_house, "CHF")
    answer = manager.get(LIST)
    assert answer.status_code == 200
    assert [row["code"] for row in answer.json()["results"]] == ["EUR"]
    assert answer.json()["count"] == 1


def test_a_record_shows_these_fields(manager: Client, house: House, euro: Currency) -> None:
    answer = manager.get(at(euro))
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Cache-Control"] == "no-store"
    record = answer.json()
    assert record.pop("created_at").endswith("Z")
    assert record.pop("updated_at").endswith("Z")
    assert record == {
        "id": str(euro.pk),
        "organization_id": str(house.north.pk),
        "code": "EUR",
        "name": "Euro",
        "symbol": "€",
        "decimal_places": 2,
        "is_active": True,
        "is_base": True,
        "version": 1,
        "custom_fields": {"cash_step": None},
    }


def test_a_new_currency_takes_what_is_left_out_from_cldr(manager: Client, house: House, euro: Currency) -> None:
    answer = send(manager, "post", LIST, {"code": "JPY"})
    assert answer.status_code == 201
    record = answer.json()
    assert (record["name"], record["symbol"], record["decimal_places"]) == ("Japanese Yen", "¥", 0)
    assert record["is_base"] is False
    assert answer.headers["Location"] == f"{LIST}{record['id']}/"
    assert answer.headers["ETag"] == '"1"'


def test_a_write_names_its_action_and_the_history_its_door(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {"code": "JPY"})
    with using_scope(house.scope()), scoped_transaction():
        action = Action.objects.get(pk=answer.headers["X-Action-Id"])
    assert (action.command, action.source, action.actor_label) == ("currencies.currency.create", "api", "Bob")
    assert action.resource_label == "JPY — Japanese Yen"


def test_the_first_currency_of_an_organization_is_its_base(manager: Client, house: House) -> None:
    assert send(manager, "post", LIST, {"code": "PLN"}).json()["is_base"] is True
    assert bases_of(house, house.north) == ["PLN"]


def test_every_complaint_comes_at_once_and_nothing_is_written(manager: Client, house: House) -> None:
    body = {"code": "eur", "name": 7, "symbol": "x" * 11, "decimal_places": 9, "colour": "red", "id": str(uuid7())}
    answer = send(manager, "post", LIST, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)
    assert complaints(answer) == {
        "code": "invalid",
        "name": "invalid",
        "symbol": "max_length",
        "decimal_places": "max_value",
        "colour": "unknown",
        "id": "read_only",
    }
    assert codes_of(house, house.north) == []
    assert "X-Action-Id" not in answer.headers


@pytest.mark.parametrize(
    "name", ["tenant_id", "organization_id", "id", "version", "created_at", "is_base", "is_active"]
)
def test_what_belongs_to_the_platform_is_never_accepted(manager: Client, euro: Currency, name: str) -> None:
    answer = send(manager, "patch", at(euro), {name: True})
    assert (answer.status_code, complaints(answer)) == (400, {name: "read_only"})


@pytest.mark.parametrize(("value", "code"), [("2", "invalid"), (2.0, "invalid"), (True, "invalid"), (-1, "min_value")])
def test_a_number_is_a_whole_number_in_range(manager: Client, euro: Currency, value: object, code: str) -> None:
    answer = send(manager, "patch", at(euro), {"decimal_places": value})
    assert (answer.status_code, complaints(answer)) == (400, {"decimal_places": code})


def test_a_code_that_iso_4217_does_not_have_is_refused(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {"code": "QQQ"})
    assert answer.status_code == 400
    assert complaints(answer) == {"code": "currencies.currency.unknown"}


def test_a_second_currency_of_the_same_code_is_refused(manager: Client, house: House, euro: Currency) -> None:
    answer = send(manager, "post", LIST, {"code": "EUR"})
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.duplicate")
    assert complaints(answer) == {"code": "kernel.duplicate"}
    assert codes_of(house, house.north) == ["EUR"]


def test_another_organization_may_have_the_same_code(house: House, euro: Currency) -> None:
    client = client_of(member(house, "currencies.manage"), organization=house.south)
    assert send(client, "post", LIST, {"code": "EUR"}).status_code == 201


def test_a_change_touches_what_is_given_and_bumps_the_version(manager: Client, euro: Currency) -> None:
    answer = send(manager, "patch", at(euro), {"name": "Evro"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json()["name"], answer.json()["symbol"], answer.json()["version"]) == ("Evro", "€", 2)


def test_put_repeats_the_code_and_may_change_the_rest(manager: Client, euro: Currency) -> None:
    body = {"code": "EUR", "name": "Evro", "symbol": "E", "decimal_places": 3}
    answer = send(manager, "put", at(euro), body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body
    assert complaints(send(manager, "put", at(euro), {"name": "x"})) == {"code": "required"}


def test_a_code_never_changes(manager: Client, euro: Currency) -> None:
    answer = send(manager, "patch", at(euro), {"code": "USD"})
    assert (answer.status_code, answer.json()["code"]) == (400, "currencies.currency.code_fixed")
    assert manager.get(at(euro)).json()["code"] == "EUR"


def test_a_stale_version_is_refused_and_says_what_changed(manager: Client, euro: Currency) -> None:
    send(manager, "patch", at(euro), {"name": "Evro"})
    answer = send(manager, "patch", at(euro), {"symbol": "E"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "kernel.stale_version")
    assert (answer.json()["current_version"], answer.json()["changed_fields"]) == (2, ["name"])
    assert manager.get(at(euro)).json()["symbol"] == "€"


@pytest.mark.parametrize("action", ["set_base/", "activate/", "deactivate/"])
def test_actions_look_at_the_version_too(manager: Client, dollar: Currency, action: str) -> None:
    answer = send(manager, "post", at(dollar, action), {}, **{"If-Match": '"7"'})
    assert answer.status_code == 412


@pytest.mark.parametrize("header", ["1", 'W/"1"', '"1", "2"', '"x"', '""'])
def test_an_unreadable_if_match_is_refused(manager: Client, euro: Currency, header: str) -> None:
    answer = send(manager, "patch", at(euro), {"name": "x"}, **{"If-Match": header})
    assert (answer.status_code, complaints(answer)) == (400, {"If-Match": "kernel.etag.invalid"})


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("get ", None),
        ("patch ", {"name": "x"}),
        ("put ", {"code": "EUR"}),
        ("delete ", None),
        ("post set_base/", {}),
        ("post deactivate/", {}),
    ],
)
def test_foreign_hidden_deleted_and_missing_records_look_the_same(
    house: House, other_house: House, manager: Client, call: str, body: object
) -> None:
    method, action = call.split(" ")
    foreign, hidden = make_currency(other_house, "EUR"), make_currency(house, "EUR", at=house.south)
    deleted = make_currency(house, "USD")
    make_currency(house, "GBP", is_base=True)
    assert manager.delete(at(deleted)).status_code == 204
    paths = [at(foreign, action), at(hidden, action), at(deleted, action), f"{LIST}{uuid7()}/{action}"]
    answers = [send(manager, method, path, body) for path in paths]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    assert codes_of(other_house, other_house.north) == ["EUR"]


def test_an_address_with_no_uuid_is_a_404(manager: Client) -> None:
    assert manager.get(f"{LIST}seven/").status_code == 404


def test_who_may_view_may_not_write(house: House, euro: Currency) -> None:
    viewer = client_of(member(house, "currencies.view"), organization=house.north)
    assert viewer.get(at(euro)).status_code == 200
    for answer in (
        send(viewer, "post", LIST, {"code": "JPY"}),
        send(viewer, "patch", at(euro), {"name": "x"}),
        viewer.delete(at(euro)),
        send(viewer, "post", at(euro, "set_base/"), {}),
        send(viewer, "post", f"{LIST}add_from_master/", {"codes": ["JPY"]}),
    ):
        assert (answer.status_code, answer.json()["feature"]) == (403, "currencies.manage")


def test_without_the_feature_nothing_is_shown(house: House, euro: Currency) -> None:
    stranger = client_of(member(house, "directory.organizations.view"), organization=house.north)
    for path in (LIST, at(euro), f"{LIST}options/", f"{LIST}master/"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "kernel.feature_required")


def test_nobody_gets_401(client: Client, euro: Currency) -> None:
    for answer in (client.get(LIST), client.get(at(euro)), send(client, "post", LIST, {"code": "JPY"})):
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_writing_needs_one_selected_organization(house: House) -> None:
    client = client_of(member(house, "currencies.manage"), organization="all")
    answer = send(client, "post", LIST, {"code": "JPY"})
    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.scope.organization_required")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("is_base=true", ["EUR"]),
        ("is_base=false", ["USD"]),
        ("code=USD", ["USD"]),
        ("code__in=USD,EUR", ["EUR", "USD"]),
        ("q=doll", ["USD"]),
        ("q=%25", []),
        ("q=_", []),
        ("name__icontains=EUR", ["EUR"]),
        ("ordering=-code", ["USD", "EUR"]),
        ("ordering=-name", ["USD", "EUR"]),
        ("page_size=1&page=2", ["USD"]),
        ("page=9", []),
    ],
)
def test_lists_can_be_filtered_sorted_and_paged(
    manager: Client, dollar: Currency, query: str, codes: list[str]
) -> None:
    answer = manager.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    assert [row["code"] for row in answer.json()["results"]] == codes


def test_pages_link_to_their_neighbours(manager: Client, dollar: Currency) -> None:
    first = manager.get(f"{LIST}?page_size=1").json()
    assert (first["count"], first["previous"]) == (2, None)
    second = manager.get(first["next"]).json()
    assert second["next"] is None
    assert manager.get(second["previous"]).json() == first


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("is_active=maybe", "is_active"),
        ("colour=red", "colour"),
        ("ordering=tenant_id", "ordering"),
        ("page=0", "page"),
        ("page=1001", "page"),
        ("page_size=101", "page_size"),
        ("page=%D9%A1", "page"),
        ("q=%00", "q"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(manager: Client, euro: Currency, query: str, field: str) -> None:
    answer = manager.get(f"{LIST}?{query}")
    assert (answer.status_code, list(complaints(answer))) == (400, [field])


def test_the_base_is_handed_on_in_one_action_and_back_by_undo(manager: Client, house: House, dollar: Currency) -> None:
    answer = send(manager, "post", at(dollar, "set_base/"), {})
    assert (answer.status_code, answer.json()["is_base"]) == (200, True)
    assert bases_of(house, house.north) == ["USD"]
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    assert bases_of(house, house.north) == ["EUR"]


@pytest.mark.parametrize(("method", "action"), [("delete", ""), ("post", "deactivate/")])
def test_the_base_stays(manager: Client, house: House, euro: Currency, method: str, action: str) -> None:
    answer = send(manager, method, at(euro, action), {} if method == "post" else None)
    assert (answer.status_code, answer.json()["code"]) == (409, "currencies.currency.is_base")
    assert manager.get(at(euro)).json()["version"] == 1


def test_a_currency_that_is_off_cannot_become_base(manager: Client, house: House, dollar: Currency) -> None:
    assert send(manager, "post", at(dollar, "deactivate/"), {}).json()["is_active"] is False
    answer = send(manager, "post", at(dollar, "set_base/"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "currencies.currency.inactive")
    assert send(manager, "post", at(dollar, "activate/"), {}).json()["is_active"] is True
    assert bases_of(house, house.north) == ["EUR"]


def test_an_action_takes_no_fields(manager: Client, dollar: Currency) -> None:
    answer = send(manager, "post", at(dollar, "set_base/"), {"force": True})
    assert (answer.status_code, complaints(answer)) == (400, {"force": "unknown"})


def test_a_deleted_currency_comes_back_by_undo_with_its_id(manager: Client, house: House, dollar: Currency) -> None:
    answer = manager.delete(at(dollar))
    assert (answer.status_code, answer.content) == (204, b"")
    assert manager.get(at(dollar)).status_code == 404
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    assert manager.get(at(dollar)).json()["code"] == "USD"


def test_options_are_the_active_currencies_of_the_selected_organization(
    manager: Client, house: House, dollar: Currency
) -> None:
    make_currency(house, "GBP", is_active=False)
    make_currency(house, "CHF", at=house.south)
    choices = manager.get(f"{LIST}options/").json()["results"]
    assert [(choice["value"], choice["label"], choice["is_base"]) for choice in choices] == [
        ("EUR", "EUR — Euro", True),
        ("USD", "USD — US Dollar", False),
    ]


def test_the_worlds_list_has_names_in_four_languages(manager: Client) -> None:
    known = {item["code"]: item for item in manager.get(f"{LIST}master/").json()["results"]}
    assert known["PLN"]["names"] == {
        "en": "Polish Zloty",
        "pl": "złoty polski",
        "de": "Polnischer Złoty",
        "es": "esloti polaco",
    }


def test_methods_that_lead_nowhere_are_405(manager: Client, euro: Currency) -> None:
    for method, path in (("put", LIST), ("post", at(euro)), ("options", LIST), ("get", at(euro, "set_base/"))):
        answer = send(manager, method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "kernel.method_not_allowed")
    assert send(manager, "put", LIST).headers["Allow"] == "GET, POST, HEAD"
