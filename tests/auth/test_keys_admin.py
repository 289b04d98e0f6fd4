"""Back office pages of API keys, over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import ApiKey, User
from apps.auth.services.keys import revoke_api_key
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user, reading_in, system
from tests.auth.programs import MANAGES, key_of, make_key, program, stored
from tests.support.scopes import House
from tests.support.sign_in import signed_in

LIST = "/backend/auth/apikey/"
ADD = f"{LIST}add/"
VIEW = "currencies.view"
SECRET = re.compile(r"mk_[0-9A-Za-z]{8}\.[0-9A-Za-z]{48}")


def page(key: ApiKey, action: str = "change/") -> str:
    return f"{LIST}{key.pk}/{action}"


@pytest.fixture
def alice(house: House) -> User:
    role = make_role(house, is_super_admin=True)
    return make_user(house, name="Alice", roles=(role,), home_organization_id=house.root.pk)


@pytest.fixture
def browser(alice: User) -> Client:
    return signed_in(alice)


def clerk(house: House, *features: str) -> Client:
    return signed_in(make_user(house, name="Clerk", roles=(make_role(house, *features),)))


def filled(client: Client, **values: Any) -> dict[str, Any]:
    """The form for a new key as a browser would send it."""
    html = client.get(ADD).content.decode()
    [once] = re.findall(r'name="once" value="(\w+)"', html)
    return {"name": "Shop", "everywhere": "on", "once": once, **values}


def secrets_in(answer: Any) -> list[str]:
    return SECRET.findall(answer.content.decode())


def test_the_page_after_the_form_shows_the_secret_and_no_other_does(house: House, browser: Client) -> None:
    role = make_role(house, VIEW, name="Viewers")
    answer = browser.post(
        ADD, filled(browser, roles=[str(role.pk)], features=["auth.users.view"], addresses=" 127.0.0.1\n\n")
    )
    assert answer.status_code == 200
    [secret] = secrets_in(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert program(secret).get("/api/currencies/currencies/").status_code == 200
    with reading_in(house):
        key = ApiKey.objects.get()
    assert (key.features, key.addresses, key.organization_ids) == (["auth.users.view"], ["127.0.0.1/32"], None)
    for address in (LIST, page(key), page(key, "history/"), ADD, "/backend/"):
        assert secrets_in(browser.get(address)) == []


def test_sending_the_form_again_makes_no_second_key(house: House, browser: Client) -> None:
    body = filled(browser)
    assert len(secrets_in(browser.post(ADD, body))) == 1
    again = browser.post(ADD, body)
    assert (again.status_code, secrets_in(again)) == (200, [])
    assert "This request was done before" in again.content.decode()
    with reading_in(house):
        assert ApiKey.objects.count() == 1
    # Who has read that may go on.
    [once] = re.findall(r'name="once" value="(\w+)"', again.content.decode())
    assert once != body["once"]
    assert len(secrets_in(browser.post(ADD, {**body, "once": once}))) == 1


def test_a_refusal_keeps_what_was_typed_and_makes_nothing(house: House, browser: Client) -> None:
    answer = browser.post(ADD, filled(browser, addresses="10.0.0.300", per_minute="0", expires_at="2020-01-01T00:00"))
    assert set(answer.context["adminform"].form.errors) == {"addresses", "per_minute", "expires_at"}
    assert "10.0.0.300" in answer.content.decode()
    with reading_in(house):
        assert not ApiKey.objects.exists()


def test_the_boundary_speaks_in_the_form(house: House) -> None:
    client = clerk(house, *MANAGES)
    answer = client.post(ADD, filled(client, features=[VIEW]))
    assert answer.status_code == 200
    assert f"You do not hold {VIEW}" in answer.content.decode()
    with reading_in(house):
        assert not ApiKey.objects.exists()


def test_a_key_is_changed(house: House, browser: Client) -> None:
    end = clock.now().replace(microsecond=0, second=7) + timedelta(days=9)
    key = make_key(house, VIEW, addresses=["192.0.2.0/24"], expires_at=end).key
    html = browser.get(page(key)).content.decode()
    assert re.findall(r'name="features" value="([^"]+)" checked', html) == [VIEW]
    body = {
        "name": "Till",
        "features": [VIEW, "auth.users.view"],
        "organizations": [str(house.north.pk)],
        "addresses": "192.0.2.7",
        "per_minute": "90",
        "expires_at": end.strftime("%Y-%m-%dT%H:%M"),
        "expected_version": 1,
    }
    assert browser.post(page(key), body).status_code == 302
    changed = stored(house, key)
    assert (changed.name, changed.addresses, changed.per_minute) == ("Till", ["192.0.2.7/32"], 90)
    assert (changed.features, changed.organization_ids) == (["auth.users.view", VIEW], [house.north.pk])
    assert changed.expires_at == end, "an end that was left alone is not cut to the minute"
    assert browser.post(page(key), {**body, "expires_at": "", "expected_version": 2}).status_code == 302
    assert stored(house, key).expires_at is None


def test_a_stale_form_is_not_saved(house: House, browser: Client) -> None:
    key = make_key(house).key
    body = {"name": "First", "everywhere": "on", "expected_version": 1}
    browser.post(page(key), body)
    answer = browser.post(page(key), {**body, "name": "Second"})
    assert answer.status_code == 412
    assert stored(house, key).name == "First"


def test_a_new_secret_is_shown_once_by_the_button(house: House, browser: Client) -> None:
    issued = make_key(house, VIEW)
    assert secrets_in(browser.get(page(issued.key, "do/rotate/"))) == []
    answer = browser.post(page(issued.key, "do/rotate/"), {"overlap_hours": "0", "expected_version": "1"})
    [secret] = secrets_in(answer)
    statuses = [program(item).get("/api/currencies/currencies/").status_code for item in (issued.secret, secret)]
    assert (answer.status_code, statuses) == (200, [401, 200])
    # Reloading the page sends the form again, at a version that is gone.
    again = browser.post(page(issued.key, "do/rotate/"), {"overlap_hours": "0", "expected_version": "1"})
    assert (again.status_code, secrets_in(again)) == (200, [])
    assert secrets_in(browser.get(page(issued.key))) == []
    wrong = browser.post(page(issued.key, "do/rotate/"), {"overlap_hours": "169", "expected_version": "2"})
    assert set(wrong.context["form"].errors) == {"overlap_hours"}


def test_a_key_is_revoked_and_only_looked_at_from_then_on(house: House, browser: Client) -> None:
    issued = make_key(house, VIEW)
    question = browser.get(page(issued.key, "do/revoke/")).content.decode()
    assert "A revoked key never comes back." in question
    assert browser.post(page(issued.key, "do/revoke/"), {"expected_version": "1"}).status_code == 302
    assert program(issued.secret).get("/api/currencies/currencies/").status_code == 401
    html = browser.get(page(issued.key)).content.decode()
    assert "revoked" in html
    assert 'name="name"' not in html
    for button in ("rotate", "revoke"):
        assert browser.post(page(issued.key, f"do/{button}/"), {"overlap_hours": "0"}).status_code == 404
    assert browser.post(page(issued.key), {"name": "x", "everywhere": "on"}).status_code == 403


def test_the_list_shows_state_prefix_and_reach(house: House, browser: Client) -> None:
    issued = make_key(house, VIEW, name="Shop", roles=[make_role(house, VIEW, name="Viewers").pk])
    make_key(house, name="Till", organization_ids=[house.north.pk, house.south.pk])
    with using_scope(system(house)):
        revoke_api_key(make_key(house, name="Old").key.pk)
    html = browser.get(LIST).content.decode()
    for text in ("Shop", issued.secret[:11], "Viewers", "as its roles", "North, South", "never", "active", "revoked"):
        assert text in html
    assert "Old" not in browser.get(f"{LIST}?state=active").content.decode()
    assert "Shop" not in browser.get(f"{LIST}?state=revoked").content.decode()
    assert browser.get(f"{LIST}?state=nonsense").status_code == 200
    found = browser.get(f"{LIST}?q={issued.secret[:11]}").content.decode()
    assert ("Shop" in found, "Till" in found) == (True, False)


def test_the_list_costs_the_same_however_long(house: House, browser: Client, alice: User) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            key_of(house, alice, VIEW, roles=[make_role(house).pk], organization_ids=[house.north.pk])
        browser.get(LIST)
        with CaptureQueriesContext(connection) as sent:
            browser.get(LIST)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_readers_see_keys_and_change_none(house: House) -> None:
    issued = make_key(house, VIEW, addresses=["192.0.2.0/24"])
    reader = clerk(house, "auth.api_keys.view")
    html = reader.get(page(issued.key)).content.decode()
    assert ("192.0.2.0/24" in html, VIEW in html, 'name="name"' in html) == (True, True, False)
    assert reader.get(ADD).status_code == 403
    for button in ("rotate", "revoke"):
        assert reader.post(page(issued.key, f"do/{button}/"), {"overlap_hours": "0"}).status_code == 403
    assert clerk(house, "auth.users.view").get(LIST).status_code == 403


def test_a_key_of_another_tenant_or_beyond_the_readers_organizations_is_not_there(
    house: House, other_house: House
) -> None:
    role = make_role(house, *MANAGES, organization_ids=[house.north.pk])
    narrow = signed_in(make_user(house, roles=(role,)))
    for key in (make_key(other_house).key, make_key(house).key, make_key(house, organization_ids=[house.south.pk]).key):
        assert narrow.get(page(key)).status_code == 404
        assert narrow.post(page(key, "do/revoke/")).status_code == 404
        assert stored(other_house if key.tenant_id == other_house.tenant.pk else house, key).revoked_at is None


def test_an_end_is_read_in_utc(house: House, browser: Client) -> None:
    browser.post(ADD, filled(browser, expires_at="2090-05-06T07:08"))
    with reading_in(house):
        assert ApiKey.objects.get().expires_at == datetime(2090, 5, 6, 7, 8, tzinfo=UTC)
