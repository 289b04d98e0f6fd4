"""Records over HTTP: list, form, refusals, conflict, deletion; every write is a command."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.currencies.models import Currency
from apps.kernel.admin.deletion import pointing_to
from apps.kernel.commands.models import Action
from tests.auth.factories import make_user, reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import LIST, change_url, commands_run, form_of, make_currency, now, text_of
from tests.support.scopes import House

pytestmark = pytest.mark.routes("tests.backoffice.pages")


def test_the_list_shows_living_rows_of_the_scope(house: House, other_house: House, alice: Client) -> None:
    make_currency(house, "EUR")
    make_currency(house, "USD", deleted_at="2026-01-01T00:00:00Z")
    make_currency(other_house, "PLN")
    words = text_of(alice.get(LIST).content)
    assert "The EUR" in words
    assert "The USD" not in words
    assert "The PLN" not in words


def test_an_empty_list_says_what_to_do(alice: Client) -> None:
    assert "Add the currencies that you trade in." in text_of(alice.get(LIST).content)


def test_searching_without_result_offers_to_show_everything(house: House, alice: Client) -> None:
    make_currency(house)
    assert "Nothing matches" in text_of(alice.get(f"{LIST}?q=zloty").content)


def test_creating_runs_the_command_once(house: House, alice: Client) -> None:
    answer = alice.post(f"{LIST}add/", {"code": "EUR", "name": "Euro", "symbol": "€", "decimal_places": 2})
    assert (answer.status_code, answer.headers["Location"]) == (302, LIST)
    assert commands_run(house) == ["currencies.currency.create"]
    with reading_in(house):
        assert Currency.objects.get(code="EUR").organization_id == house.root.pk
        assert Action.objects.get(command="currencies.currency.create").source == "admin"


def test_what_the_command_fills_may_stay_empty(house: House, alice: Client) -> None:
    alice.post(f"{LIST}add/", {"code": "EUR", "name": "", "symbol": "", "decimal_places": 2})
    with reading_in(house):
        assert Currency.objects.get(code="EUR").symbol == "€"


def test_changing_runs_the_command_at_the_version_shown(house: House, alice: Client) -> None:
    currency = make_currency(house)
    answer = alice.post(change_url(currency), form_of(currency, name="Euro"))
    assert answer.status_code == 302
    assert (now(house, currency).name, now(house, currency).version) == ("Euro", currency.version + 1)


def test_the_form_carries_the_version(house: House, alice: Client) -> None:
    currency = make_currency(house)
    page = alice.get(change_url(currency)).content.decode()
    assert re.search(rf'name="expected_version"[^>]*value="{currency.version}"', page)


def test_a_refusal_stands_beside_its_field_and_keeps_the_input(house: House, alice: Client) -> None:
    answer = alice.post(f"{LIST}add/", {"code": "QQQ", "name": "Nowhere", "symbol": "Q", "decimal_places": 2})
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert list(form.errors) == ["code"]
    assert 'value="Nowhere"' in answer.content.decode()
    assert commands_run(house) == []


def test_a_taken_value_is_refused_by_field(house: House, alice: Client) -> None:
    make_currency(house, "EUR")
    answer = alice.post(f"{LIST}add/", {"code": "EUR", "name": "Euro", "symbol": "€", "decimal_places": 2})
    assert answer.context["adminform"].form.errors == {"code": ["The organization has this currency already."]}


def test_writing_without_an_organization_asks_to_select_one(house: House, log_in: LogIn) -> None:
    client = log_in("*", organization=False)
    answer = client.post(f"{LIST}add/", {"code": "EUR", "name": "Euro", "symbol": "€", "decimal_places": 2})
    assert answer.status_code == 200
    assert "Select an organization first" in text_of(answer.content)


def test_a_missing_and_a_foreign_record_give_the_same_answer(house: House, other_house: House, alice: Client) -> None:
    foreign = make_currency(other_house)
    hidden = make_currency(house, deleted_at="2026-01-01T00:00:00Z")
    answers = [
        alice.get(f"{LIST}{record}/change/") for record in (foreign.pk, hidden.pk, uuid4(), "nonsense", "1/delete")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({text_of(answer.content) for answer in answers}) == 1


@pytest.mark.parametrize("page", ["delete/", "history/", "do/base/"])
def test_no_page_of_a_foreign_record_opens(other_house: House, alice: Client, page: str) -> None:
    foreign = make_currency(other_house)
    assert alice.get(f"{LIST}{foreign.pk}/{page}").status_code == 404
    assert alice.post(f"{LIST}{foreign.pk}/{page}").status_code == 404


def test_a_stale_version_opens_the_conflict_page(house: House, alice: Client, log_in: LogIn) -> None:
    currency = make_currency(house)
    carol = log_in("*", name="Carol")
    carol.post(change_url(currency), form_of(currency, name="Carol's Euro"))
    answer = alice.post(change_url(currency), form_of(currency, name="Alice's Euro"))
    assert answer.status_code == 412
    [conflict] = answer.context["conflicts"]
    assert (conflict.label, conflict.before, conflict.theirs, conflict.yours, conflict.choice) == (
        "Name",
        "The EUR",
        "Carol's Euro",
        "Alice's Euro",
        "yours",
    )
    assert conflict.changed_by.actor_label == "Carol"
    words = text_of(answer.content)
    assert "Stored now · Carol, " in words
    assert "Somebody else changed this record meanwhile" in words
    assert now(house, currency).name == "Carol's Euro"


def test_what_only_the_other_changed_is_proposed_as_theirs(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, symbol="E", name="First"))
    answer = alice.post(change_url(currency), form_of(currency, name="Second"))
    choices = {item.name: item.choice for item in answer.context["conflicts"]}
    assert choices == {"name": "yours", "symbol": "theirs"}
    assert "You changed this record elsewhere meanwhile" in text_of(answer.content)


def test_a_conflict_is_resolved_field_by_field(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, symbol="E", name="First"))
    page = alice.post(change_url(currency), form_of(currency, name="Second"))
    answer = alice.post(
        change_url(currency),
        {
            **dict(page.context["echo"]),
            "expected_version": page.context["current_version"],
            "keep-name": "yours",
            "keep-symbol": "theirs",
        },
    )
    assert answer.status_code == 302
    assert (now(house, currency).name, now(house, currency).symbol) == ("Second", "E")


def test_deleting_runs_the_command(house: House, alice: Client) -> None:
    currency = make_currency(house)
    page = alice.get(f"{LIST}{currency.pk}/delete/")
    assert "Nothing points to this record." in text_of(page.content)
    answer = alice.post(f"{LIST}{currency.pk}/delete/", {"expected_version": currency.version})
    assert answer.status_code == 302
    assert now(house, currency).deleted_at is not None


def test_a_refused_deletion_says_why_and_deletes_nothing(house: House, alice: Client) -> None:
    base = make_currency(house, is_base=True)
    answer = alice.post(f"{LIST}{base.pk}/delete/", {"expected_version": base.version})
    assert answer.status_code == 409
    assert answer.context["refusal"].code == "currencies.currency.is_base"
    assert now(house, base).deleted_at is None


def test_deleting_an_old_version_is_refused(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Newer"))
    answer = alice.post(f"{LIST}{currency.pk}/delete/", {"expected_version": currency.version})
    assert answer.status_code == 412
    assert now(house, currency).deleted_at is None


def test_the_delete_page_counts_who_points_here(house: House) -> None:
    with reading_in(house):
        found = [(item.kind, item.count, item.effect) for item in pointing_to(house.root)]
    assert found == [("Organizations", 2, "protect")]


def test_without_a_delete_command_there_is_no_delete_page(house: House, alice: Client) -> None:
    assert alice.get(f"/backend/directory/organization/{house.root.pk}/delete/").status_code == 403


def test_bulk_deletion_asks_then_reports_what_was_refused(house: House, alice: Client) -> None:
    base, other = make_currency(house, "EUR", is_base=True), make_currency(house, "USD")
    chosen = {"action": "delete_selected", "_selected_action": [str(base.pk), str(other.pk)]}
    question = alice.post(LIST, {**chosen, "index": "0"})
    assert "The USD" in text_of(question.content)
    answer = alice.post(LIST, {**chosen, "confirmed": "yes"}, follow=True)
    words = text_of(answer.content)
    assert "Done for 1 record." in words
    assert "The EUR:" in words
    assert (now(house, base).deleted_at, now(house, other).deleted_at is None) == (None, False)


def test_rows_of_an_inline_reach_the_command_as_one_list(house: House, alice: Client) -> None:
    url = f"/backend/directory/organization/{house.root.pk}/change/"
    answer = alice.post(
        url,
        {
            "name": "Acme Holding",
            "expected_version": house.root.version,
            "children-TOTAL_FORMS": "3",
            "children-INITIAL_FORMS": "2",
            "children-0-id": str(house.north.pk),
            "children-0-name": "Northern",
            "children-1-id": str(house.south.pk),
            "children-1-name": "South",
            "children-1-DELETE": "on",
            "children-2-id": "",
            "children-2-name": "West",
        },
    )
    assert answer.status_code == 302, text_of(answer.content)
    with reading_in(house):
        names = sorted(type(house.root).objects.filter(parent=house.root.pk).values_list("name", flat=True))
        given = Action.objects.get(command="tests.organization.update").input["children"]
    assert names == ["Northern", "West"]
    assert [(row["id"], row["name"], row["deleted"]) for row in given] == [
        (str(house.north.pk), "Northern", False),
        (str(house.south.pk), "South", True),
        (None, "West", False),
    ]


def test_a_conflict_keeps_the_rows_that_were_entered(house: House, alice: Client) -> None:
    url = f"/backend/directory/organization/{house.root.pk}/change/"
    rows = {
        "children-TOTAL_FORMS": "1",
        "children-INITIAL_FORMS": "1",
        "children-0-id": str(house.north.pk),
        "children-0-name": "Northern",
    }
    alice.post(url, {**rows, "name": "First", "children-0-name": "North", "expected_version": house.root.version})
    page = alice.post(url, {**rows, "name": "Second", "expected_version": house.root.version})
    assert page.status_code == 412
    again = {**dict(page.context["echo"]), "expected_version": page.context["current_version"]}
    assert alice.post(url, {**again, "keep-name": "theirs"}).status_code == 302
    with reading_in(house):
        names = set(type(house.root).objects.values_list("name", flat=True))
    assert {"First", "Northern"} <= names


def test_a_popup_hands_over_the_record_that_the_command_made(house: House, alice: Client) -> None:
    form = {"code": "EUR", "name": "Euro", "symbol": "€", "decimal_places": 2, "_popup": "1"}
    answer = alice.post(f"{LIST}add/?_popup=1", form)
    with reading_in(house):
        made = Currency.objects.get(code="EUR")
    assert answer.status_code == 200
    assert str(made.pk) in answer.content.decode()


def test_djangos_own_log_is_never_written(house: House, alice: Client) -> None:
    currency = make_currency(house)
    with CaptureQueriesContext(connection) as asked:
        alice.post(f"{LIST}add/", {"code": "USD", "name": "Dollar", "symbol": "$", "decimal_places": 2})
        alice.post(change_url(currency), form_of(currency, name="Euro"))
        alice.post(f"{LIST}{currency.pk}/delete/")
        alice.get("/backend/")
    assert [item["sql"] for item in asked.captured_queries if "django_admin_log" in item["sql"]] == []


def test_a_complaint_about_a_row_stands_in_that_row(house: House, alice: Client) -> None:
    url = f"/backend/directory/organization/{house.root.pk}/change/"
    answer = alice.post(
        url,
        {
            "name": "Acme",
            "expected_version": house.root.version,
            "children-TOTAL_FORMS": "2",
            "children-INITIAL_FORMS": "2",
            "children-0-id": str(house.north.pk),
            "children-0-name": "North",
            "children-1-id": str(house.south.pk),
            "children-1-name": "S" * 60,
        },
    )
    assert answer.status_code == 200
    [rows] = answer.context["inline_admin_formsets"]
    assert rows.formset.errors == [{}, {"name": ["Too long for a branch."]}]
    assert "Too long for a branch." in text_of(answer.content)


def test_the_list_asks_once_for_the_number_and_once_for_the_page(house: House, alice: Client) -> None:
    for code in ("EUR", "USD", "PLN", "CZK", "CHF"):
        make_currency(house, code)
    with CaptureQueriesContext(connection) as asked:
        alice.get(LIST)
    count, page = [item["sql"] for item in asked.captured_queries if 'FROM "currency"' in item["sql"]]
    assert count.endswith("LIMIT 10000) subquery")
    assert page.endswith("LIMIT 50") or "LIMIT" not in page
    assert len(asked) <= 28


def test_unknown_ids_in_addresses_are_not_errors(alice: Client) -> None:
    assert alice.get(f"/backend/undo/{UUID(int=0)}/").status_code == 404


@pytest.mark.routes("config.urls")
def test_saving_somebodys_permissions_offers_to_take_it_back(house: House, alice: Client) -> None:
    user = make_user(house, name="Bob")
    given = {"features": ["currencies.view"], "expected_version": user.version}
    page = alice.post(f"/backend/auth/user/{user.pk}/permissions/", given, follow=True)
    assert "The permissions of Bob were saved." in text_of(page.content)
    assert "data-undo-seconds" in page.content.decode()
