"""Who sees and may do what in the back office: features, never Django's permissions."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.auth.factories import give, make_role, make_user
from tests.backoffice.conftest import LogIn, signed_in
from tests.backoffice.currencies import LIST, change_url, commands_run, form_of, make_currency, text_of
from tests.support.scopes import House

pytestmark = pytest.mark.routes("tests.backoffice.pages")
VIEW, MANAGE = "currencies.view", "currencies.manage"


def links_of(client: Client) -> set[str]:
    """Addresses in the sidebar."""
    groups = client.get("/backend/").context["sidebar_navigation"]
    return {item["link"] for group in groups for item in group["items"]}


def test_nobody_is_sent_to_the_log_in(house: House) -> None:
    answer = Client().get(LIST)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/backend/login/?next={LIST}")


@pytest.mark.parametrize("address", [LIST, "/backend/", f"{LIST}?page_size=20"])
def test_a_part_of_a_page_is_no_place_to_log_in(house: House, address: str) -> None:
    answer = Client().get(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["HX-Refresh"], answer.headers["Cache-Control"]) == ("true", "no-store")


def test_the_sidebar_shows_what_the_features_open(log_in: LogIn) -> None:
    everybodys = links_of(log_in())
    assert everybodys == {"/backend/", "/backend/notifications/notification/", "/backend/progress/job/"}
    assert links_of(log_in(VIEW)) == {*everybodys, LIST}


def test_seeing_is_not_changing(house: House, log_in: LogIn) -> None:
    bob, currency = log_in(VIEW), make_currency(house)
    page = bob.get(change_url(currency))
    assert page.status_code == 200
    assert 'name="name"' not in page.content.decode()
    assert bob.post(change_url(currency), form_of(currency, name="Mine")).status_code == 403
    assert bob.get(f"{LIST}add/").status_code == 403
    assert bob.get(f"{LIST}{currency.pk}/delete/").status_code == 403
    assert commands_run(house) == []


def test_without_the_feature_nothing_opens(house: House, log_in: LogIn) -> None:
    bob, currency = log_in("directory.organizations.view"), make_currency(house)
    pages = [LIST, change_url(currency), f"{LIST}{currency.pk}/history/", f"{LIST}{currency.pk}/do/base/"]
    assert [bob.get(page).status_code for page in pages] == [403] * 4
    assert "EUR" not in text_of(bob.get(change_url(currency)).content)


def test_a_denied_feature_closes_what_a_wildcard_opened(house: House) -> None:
    bob = make_user(house, roles=(make_role(house, "*"),), home_organization_id=house.root.pk)
    client = signed_in(bob)
    assert client.get(LIST).status_code == 200
    give(house, bob, denied_features=["currencies.*"])
    assert client.get(LIST).status_code == 403
    assert LIST not in links_of(client)


def test_buttons_need_the_feature_of_their_command(house: House, log_in: LogIn) -> None:
    currency = make_currency(house)
    assert "Make base" in text_of(log_in(VIEW, MANAGE).get(LIST).content)
    bob = log_in(VIEW)
    assert "Make base" not in text_of(bob.get(LIST).content)
    assert bob.post(f"{LIST}{currency.pk}/do/base/").status_code == 403


def test_a_bulk_action_needs_the_feature_of_its_command(house: House, log_in: LogIn) -> None:
    currency = make_currency(house)
    chosen = {"action": "off", "_selected_action": [str(currency.pk)], "confirmed": "yes"}
    log_in(VIEW).post(LIST, chosen)
    assert commands_run(house) == []


def test_history_needs_a_feature_of_its_own(house: House, log_in: LogIn) -> None:
    currency = make_currency(house)
    page = f"{LIST}{currency.pk}/history/"
    assert log_in(VIEW).get(page).status_code == 403
    assert log_in(VIEW, "audit_logs.view_self").get(page).status_code == 200


def test_the_refusal_page_stands_in_the_frame(log_in: LogIn) -> None:
    answer = log_in().get(LIST)
    words = text_of(answer.content)
    assert answer.status_code == 403
    assert "You may not do this" in words
    assert "Log out" in words


def test_writing_by_get_is_impossible(house: House, log_in: LogIn) -> None:
    bob, currency = log_in("*"), make_currency(house)
    for page in ("do/base/", "do/off/", "delete/"):
        bob.get(f"{LIST}{currency.pk}/{page}")
    assert commands_run(house) == []


def test_forms_need_their_secret(house: House) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/backend/login/", {"email": "a@example.org", "password": "x"}).status_code == 403
