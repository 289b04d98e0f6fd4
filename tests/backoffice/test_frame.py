"""The frame: log-in, organizations, start page, addresses, error pages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from apps.currencies.models import Currency
from apps.kernel.web import errors
from apps.kernel.web.guards import unguarded_views
from tests.auth.factories import PASSWORD, make_role, make_user
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import LIST, make_currency, text_of
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.routes("tests.backoffice.pages")
LOGIN = "/backend/login/"
REFUSED = "This e-mail address and password do not open anything here."


def test_the_right_password_opens_the_start_page(house: House) -> None:
    make_user(house, email="bob@example.org")
    answer = Client().post(LOGIN, {"email": "bob@example.org", "password": PASSWORD, "next": LIST})
    assert (answer.status_code, answer.headers["Location"]) == (302, LIST)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("bob@example.org", "wrong"),
        ("a@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("x" * 5000, "y" * 5000),
    ],
)
def test_every_failed_log_in_has_the_same_words(house: House, email: str, password: str) -> None:
    make_user(house, email="bob@example.org")
    answer = Client().post(LOGIN, {"email": email, "password": password})
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"__all__": [REFUSED]}
    assert password not in answer.content.decode()


def test_log_in_never_leads_to_another_site(house: House) -> None:
    make_user(house, email="bob@example.org")
    form = {"email": "bob@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post(LOGIN, form).headers["Location"] == "/backend/"


def test_log_out_ends_the_session(alice: Client) -> None:
    assert alice.post("/backend/logout/").status_code in {200, 302}
    assert alice.get(LIST).status_code == 302


def test_the_selected_organization_decides_what_is_seen(house: House, alice: Client) -> None:
    with seeding(house.scope(house.north)):
        Currency(code="PLN", name="Złoty", symbol="zł").save(force_insert=True)
    make_currency(house, "EUR")
    alice.post("/backend/organization/", {"organization": str(house.north.pk), "next": LIST})
    words = text_of(alice.get(LIST).content)
    assert "Złoty" in words
    assert "The EUR" not in words
    alice.post("/backend/organization/", {"organization": "all", "next": LIST})
    words = text_of(alice.get(LIST).content)
    assert "Złoty" in words
    assert "The EUR" in words


def test_only_open_organizations_can_be_selected(house: House, other_house: House, alice: Client) -> None:
    for value in (str(other_house.north.pk), str(uuid4()), "", "nonsense"):
        answer = alice.post("/backend/organization/", {"organization": value})
        assert answer.status_code == 422
        assert "agora_organization" not in answer.cookies


def test_changing_the_organization_keeps_the_page(house: House, alice: Client) -> None:
    currency = make_currency(house, "EUR")
    page = f"{LIST}{currency.pk}/change/"
    for address in (page, f"{LIST}?q=eur", "/backend/"):
        answer = alice.post("/backend/organization/", {"organization": str(house.root.pk), "next": address})
        assert (answer.status_code, answer.headers["Location"]) == (302, address)


def test_a_record_of_another_organization_is_left_for_its_list(house: House, alice: Client) -> None:
    page = f"{LIST}{make_currency(house, 'EUR').pk}/change/"
    answer = alice.post("/backend/organization/", {"organization": str(house.north.pk), "next": page}, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "That record belongs to another organization." in text_of(answer.content)


def test_the_switcher_says_where_an_organization_lies(house: House, alice: Client) -> None:
    choices = alice.get("/backend/").context["organizations"]
    assert [(item.label, item.above) for item in choices] == [
        ("All organizations", ""),
        ("Acme Group", ""),
        ("North", "Acme Group"),
        ("South", "Acme Group"),
    ]


def test_the_switcher_offers_the_actors_own_organizations(house: House) -> None:
    role = make_role(house, "*", organization_ids=[house.north.pk])
    client = Client()
    client.force_login(make_user(house, roles=(role,)), backend="apps.auth.backends.StaffBackend")
    choices = client.get("/backend/").context["organizations"]
    assert [item.label for item in choices] == ["All organizations", "North"]


def test_the_frame_names_the_tenant_and_the_reader(alice: Client) -> None:
    words = text_of(alice.get("/backend/").content)
    assert "Acme" in words
    assert "Alice" in words


def test_the_start_page_has_a_card_for_each_open_module(log_in: LogIn) -> None:
    cards = log_in("currencies.view").get("/backend/").context["cards"]
    assert ("Currencies", [LIST]) in [(card.title, [link.url for link in card.links]) for card in cards]
    assert "/backend/directory/organization/" not in [link.url for card in cards for link in card.links]


def test_who_may_open_nothing_but_their_own_things_is_told_whom_to_ask(log_in: LogIn) -> None:
    hint = "Nothing is open to you yet"
    answer = log_in().get("/backend/")
    assert {card.title for card in answer.context["cards"]} == {"Notifications", "Progress"}
    assert hint in text_of(answer.content)
    assert hint not in text_of(log_in("currencies.view").get("/backend/").content)


def test_a_modules_address_opens_its_first_list(log_in: LogIn) -> None:
    bob = log_in("currencies.view")
    assert bob.get("/backend/currencies/").headers["Location"] == LIST
    assert bob.get("/backend/directory/").status_code == 404
    assert bob.get("/backend/nowhere/").status_code == 404


def test_the_language_can_be_chosen(alice: Client) -> None:
    answer = alice.post("/backend/language/", {"language": "pl", "next": "/backend/"})
    assert answer.cookies["django_language"].value == "pl"


def test_no_password_page_and_no_content_type_page_of_djangos_own(alice: Client) -> None:
    for page in ("password_change/", "r/1/2/"):
        assert alice.get(f"/backend/{page}").status_code == 404


def test_autocompletion_of_a_field_that_is_no_reference_is_refused(alice: Client) -> None:
    asked = "app_label=currencies&model_name=currency&field_name=code"
    assert alice.get(f"/backend/references/?{asked}").status_code == 403


def test_every_address_says_who_may_open_it() -> None:
    faults = unguarded_views("tests.backoffice.pages")
    assert [fault for fault in faults if not fault.startswith("api/")] == []


@pytest.mark.parametrize(
    ("page", "status"),
    [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.server_error, 500)],
)
def test_error_pages_need_no_database_and_tell_no_secret(page: object, status: int) -> None:
    answer = page(RequestFactory().get("/somewhere/"))  # type: ignore[operator]
    assert answer.status_code == status
    assert "Back to the start" in text_of(answer.content)


def test_errors_of_the_api_are_problem_documents() -> None:
    answer = errors.not_found(RequestFactory().get("/api/nowhere/"))
    assert answer.headers["Content-Type"] == "application/problem+json"
