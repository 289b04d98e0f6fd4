"""The history of records, and taking changes back: banner, plan, conflicts, redo."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from apps.kernel.commands.models import Action
from tests.auth.factories import reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import LIST, change_url, commands_run, form_of, make_currency, now, text_of
from tests.support.scopes import House

pytestmark = pytest.mark.routes("tests.backoffice.pages")
MANAGE = ("currencies.view", "currencies.manage")
OWN = (*MANAGE, "audit_logs.view_self", "audit_logs.undo_self")


def last_action(house: House, command: str = "currencies.currency.update") -> UUID:
    with reading_in(house):
        found: Action = Action.objects.filter(command=command).order_by("-pk")[0]
        return found.pk


def offered(answer: HttpResponseBase) -> list[str]:
    """Actions that the banner of the page offers to take back."""
    content: bytes = answer.content  # type: ignore[attr-defined]
    banner = re.search(r"data-undo-seconds.*?</form>", content.decode(), re.DOTALL)
    return re.findall(r'name="action" value="([^"]+)"', banner.group()) if banner else []


def test_after_a_write_the_banner_undoes_it(house: House, alice: Client) -> None:
    currency = make_currency(house)
    page = alice.post(change_url(currency), form_of(currency, name="Euro"), follow=True)
    actions = offered(page)
    assert actions == [str(last_action(house))]
    answer = alice.post("/backend/undo/", {"action": actions, "next": LIST}, follow=True)
    assert now(house, currency).name == "The EUR"
    assert "Undone: Changed EUR — Euro." in text_of(answer.content)


def test_what_changed_nothing_is_not_offered_to_be_taken_back(house: House, alice: Client) -> None:
    currency = make_currency(house)
    page = alice.post(change_url(currency), form_of(currency), follow=True)
    assert offered(page) == []
    rows = [currency, make_currency(house, "USD")]
    off = {"action": "off", "_selected_action": [str(row.pk) for row in rows], "confirmed": "yes"}
    whole = offered(alice.post(LIST, off, follow=True))
    assert whole == [str(last_action(house, "kernel.record.bulk"))]


def test_the_banner_of_an_undo_offers_to_redo(house: House, alice: Client) -> None:
    currency = make_currency(house)
    page = alice.post(change_url(currency), form_of(currency, name="Euro"), follow=True)
    undone = alice.post("/backend/undo/", {"action": offered(page), "next": LIST}, follow=True)
    assert "Redo" in text_of(undone.content)
    redone = alice.post("/backend/undo/", {"action": offered(undone), "next": LIST}, follow=True)
    assert now(house, currency).name == "Euro"
    assert "Redone." in text_of(redone.content)


def test_one_button_takes_back_a_whole_bulk_action(house: House, alice: Client) -> None:
    rows = [make_currency(house, code) for code in ("EUR", "USD", "PLN")]
    chosen = {"action": "off", "_selected_action": [str(row.pk) for row in rows], "confirmed": "yes"}
    page = alice.post(LIST, chosen, follow=True)
    assert offered(page) == [str(last_action(house, "kernel.record.bulk"))]
    answer = alice.post("/backend/undo/", {"action": offered(page), "next": LIST}, follow=True)
    assert all(now(house, row).is_active for row in rows)
    assert "Undone: Changed many." in text_of(answer.content)


def test_a_request_that_did_too_much_to_name_it_is_taken_back_as_a_whole(
    house: House, alice: Client, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_currency(house, code, name="Old") for code in ("EUR", "USD", "PLN")]
    for row in rows:
        alice.post(change_url(row), form_of(row, name="New"))
    with reading_in(house):
        done = [str(item) for item in Action.objects.filter(command__endswith=".update").values_list("pk", flat=True)]
    monkeypatch.setattr("apps.kernel.admin.offers.MOST_ACTIONS", 2)
    page = alice.post("/backend/undo/", {"action": done, "next": LIST}, follow=True)
    [request] = re.findall(r'name="request" value="([^"]+)"', page.content.decode())
    assert "Redo" in text_of(page.content)
    somebody = log_in("*", name="Carol")
    assert somebody.post("/backend/undo/", {"request": request, "next": LIST}).status_code == 404
    assert {now(house, row).name for row in rows} == {"Old"}
    alice.post("/backend/undo/", {"request": request, "next": LIST})
    assert {now(house, row).name for row in rows} == {"New"}


def test_without_the_right_to_undo_nothing_is_offered(house: House, log_in: LogIn) -> None:
    bob, currency = log_in(*MANAGE), make_currency(house)
    page = bob.post(change_url(currency), form_of(currency, name="Euro"), follow=True)
    assert offered(page) == []
    answer = bob.post("/backend/undo/", {"action": str(last_action(house)), "next": LIST}, follow=True)
    assert "This needs the permission audit_logs.undo_self." in text_of(answer.content)
    assert now(house, currency).name == "Euro"


def test_somebody_elses_change_needs_the_wider_right(house: House, alice: Client, log_in: LogIn) -> None:
    bob, currency = log_in(*OWN), make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    bob.post("/backend/undo/", {"action": str(last_action(house)), "next": LIST})
    assert now(house, currency).name == "Euro"


def test_later_changes_stand_in_the_way_and_are_named(house: House, alice: Client, log_in: LogIn) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="First"))
    first = last_action(house)
    carol = log_in("*", name="Carol")
    carol.post(change_url(currency), form_of(now(house, currency), name="Second"))
    answer = alice.post("/backend/undo/", {"action": str(first), "next": LIST}, follow=True)
    words = text_of(answer.content)
    assert "Not undone: later changes stand in the way (Carol: Changed" in words
    assert now(house, currency).name == "Second"


def test_the_plan_shows_what_would_come_back_and_what_is_in_the_way(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="First"))
    first = last_action(house)
    page = alice.get(f"/backend/undo/{first}/")
    assert "1 row goes back to how it was before this change" in text_of(page.content)
    assert page.context["plan"].possible
    [row] = page.context["restored"].rows
    assert [(item.old, item.new) for item in row.fields] == [("First", "The EUR")]
    alice.post(change_url(currency), form_of(now(house, currency), name="Second"))
    page = alice.get(f"/backend/undo/{first}/")
    assert "A record has been changed since." in text_of(page.content)
    assert "Undo it together with 1 later change" in text_of(page.content)


def test_cascade_undoes_the_later_changes_too(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="First"))
    first = last_action(house)
    alice.post(change_url(currency), form_of(now(house, currency), name="Second"))
    alice.post("/backend/undo/", {"action": str(first), "cascade": "yes", "next": LIST})
    assert now(house, currency).name == "The EUR"


def test_undoing_a_creation_leads_to_the_list(house: House, alice: Client) -> None:
    form = {"code": "EUR", "name": "Euro", "symbol": "€", "decimal_places": 2, "_continue": "1"}
    page = alice.post(f"{LIST}add/", form, follow=True)
    record = page.redirect_chain[-1][0]
    answer = alice.post("/backend/undo/", {"action": offered(page), "next": record})
    assert answer.headers["Location"] == LIST
    assert alice.get(record).status_code == 404


def test_the_history_tells_who_changed_what(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro", decimal_places=3))
    page = alice.get(f"{LIST}{currency.pk}/history/")
    change = page.context["entries"][0]
    [row] = change.diff.rows
    assert (change.words, change.action.actor_label) == ("Changed", "Alice")
    assert [(item.label, item.old, item.new) for item in row.fields] == [
        ("Name", "The EUR", "Euro"),
        ("Decimal places", "2", "3"),
    ]
    assert "You · " in text_of(page.content)


def test_the_history_offers_undo_and_then_redo(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    page = alice.get(f"{LIST}{currency.pk}/history/")
    action = last_action(house)
    assert page.context["entries"][0].undo_url == f"/backend/undo/{action}/"
    alice.post("/backend/undo/", {"action": str(action), "next": LIST})
    entries = {entry.action.pk: entry for entry in alice.get(f"{LIST}{currency.pk}/history/").context["entries"]}
    assert entries[action].is_undone
    alice.post("/backend/undo/", {"action": str(entries[action].redo_id), "next": LIST})
    assert now(house, currency).name == "Euro"


def test_who_sees_own_changes_only_is_told_so(house: House, alice: Client, log_in: LogIn) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Alice's"))
    bob = log_in(*OWN)
    bob.post(change_url(currency), form_of(now(house, currency), name="Bob's"))
    page = bob.get(f"{LIST}{currency.pk}/history/")
    assert [entry.action.actor_label for entry in page.context["entries"]] == ["Bob"]
    assert "You see your own changes only." in text_of(page.content)


def test_actions_of_another_tenant_are_not_there(house: House, other_house: House, alice: Client) -> None:
    make_currency(other_house)
    with reading_in(other_house):
        foreign = Action.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert alice.get(f"/backend/undo/{foreign}/").status_code == 404
    assert alice.post("/backend/undo/", {"action": str(foreign)}).status_code == 404


@pytest.mark.parametrize("action", ["", "nonsense", "1"])
def test_undo_of_nothing_is_not_found(alice: Client, action: str) -> None:
    assert alice.post("/backend/undo/", {"action": action}).status_code == 404


def test_undo_by_get_does_nothing(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    before = commands_run(house)
    assert alice.get(f"/backend/undo/?action={last_action(house)}").status_code == 404
    assert commands_run(house) == before


def test_the_start_page_lists_own_latest_changes(house: House, alice: Client, log_in: LogIn) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    assert [entry.words for entry in alice.get("/backend/").context["entries"]] == ["Changed"]
    assert log_in(*OWN).get("/backend/").context["entries"] == []
