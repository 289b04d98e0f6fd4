"""Back office pages of users, roles and sessions, over HTTP."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.admin.tree import feature_tree
from apps.auth.models import Role, Session, User
from apps.auth.selectors import access_of, grants_of_role
from tests.auth.factories import PASSWORD, make_role, make_user, reading_in
from tests.support.scopes import House
from tests.support.sign_in import signed_in

USERS, ROLES, SESSIONS = "/backend/auth/user/", "/backend/auth/role/", "/backend/auth/session/"
LOG_IN = "/backend/login/"
NEW = {"name": "Ada", "email": "ada@example.org", "locale": "en", "time_zone": "UTC", "is_active": "on"}


@pytest.fixture
def alice(house: House) -> Client:
    """Somebody who may do everything, at home in the root organization."""
    role = make_role(house, is_super_admin=True)
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.root.pk))


def clerk(house: House, *features: str) -> Client:
    """Somebody who holds just these features."""
    role = make_role(house, *features)
    return signed_in(make_user(house, name="Clerk", roles=(role,), home_organization_id=house.root.pk))


def checked(html: str) -> set[str]:
    return set(re.findall(r'name="features" value="([^"]+)" checked', html))


def test_the_log_in_page_signs_in_and_out(house: House) -> None:
    make_user(house, email="ada@example.org", home_organization_id=house.root.pk)
    client = Client()
    answer = client.post(LOG_IN, {"email": "ada@example.org", "password": PASSWORD, "tenant": "", "next": "/backend/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/backend/")
    assert client.get("/backend/").status_code == 200
    client.post("/backend/logout/")
    assert client.get("/backend/").status_code == 302
    with reading_in(house):
        assert not Session.objects.exists()


def test_a_refused_log_in_sets_no_session_cookie(house: House) -> None:
    client = Client()
    answer = client.post(LOG_IN, {"email": "ada@example.org", "password": PASSWORD, "tenant": ""})
    assert answer.status_code == 200
    assert "agora_session" not in client.cookies


def test_an_ended_session_is_sent_to_the_log_in_and_loses_its_cookie(house: House, alice: Client) -> None:
    assert alice.get(USERS).status_code == 200
    assert alice.post("/backend/logout/").status_code in {200, 302}
    answer = alice.get(USERS)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(LOG_IN)


def test_a_user_is_created_with_roles_and_password(house: House, alice: Client) -> None:
    role = make_role(house, "auth.users.view", name="Viewers")
    assert alice.get(f"{USERS}add/").status_code == 200
    answer = alice.post(f"{USERS}add/", {**NEW, "is_confirmed": "on", "roles": [str(role.pk)], "password": PASSWORD})
    assert answer.status_code == 302
    user = authenticate(None, email="ada@example.org", password=PASSWORD)
    assert isinstance(user, User)
    with reading_in(house):
        assert access_of(user.pk).allows("auth.users.view")


def test_a_refusal_stands_beside_its_field(house: House, alice: Client) -> None:
    make_user(house, email="ada@example.org")
    answer = alice.post(f"{USERS}add/", {**NEW, "email": "new@example.org", "password": "short"})
    assert set(answer.context["adminform"].form.errors) == {"password"}
    answer = alice.post(f"{USERS}add/", {**NEW, "password": PASSWORD})
    assert set(answer.context["adminform"].form.errors) == {"email"}


def test_a_user_is_changed(house: House, alice: Client) -> None:
    user = make_user(house, email="ada@example.org")
    page = f"{USERS}{user.pk}/change/"
    assert alice.get(page).status_code == 200
    assert alice.post(page, {**NEW, "name": "Countess", "expected_version": 1, "is_active": ""}).status_code == 302
    with reading_in(house):
        changed = User.objects.get(pk=user.pk)
    assert (changed.name, changed.is_active, changed.email) == ("Countess", False, "ada@example.org")


def test_a_stale_form_is_not_saved(house: House, alice: Client) -> None:
    user = make_user(house, email="ada@example.org")
    page = f"{USERS}{user.pk}/change/"
    alice.post(page, {**NEW, "name": "First", "expected_version": 1})
    answer = alice.post(page, {**NEW, "name": "Second", "expected_version": 1})
    assert answer.status_code == 412
    with reading_in(house):
        assert User.objects.get(pk=user.pk).name == "First"


def test_a_password_is_set_by_its_button(house: House, alice: Client) -> None:
    user = make_user(house, email="ada@example.org")
    page, wanted = f"{USERS}{user.pk}/do/password/", "a new long password"
    assert alice.get(page).status_code == 200
    assert alice.post(page, {"password": wanted, "again": "another one entirely"}).status_code == 200
    assert authenticate(None, email="ada@example.org", password=wanted) is None
    assert alice.post(page, {"password": wanted, "again": wanted}).status_code == 302
    assert authenticate(None, email="ada@example.org", password=wanted) == user


@pytest.mark.parametrize(("term", "found"), [("ada", True), ("ADA@example.org", True), ("@example.org", False)])
def test_users_are_found_by_name_or_whole_address(term: str, found: bool, house: House, alice: Client) -> None:
    make_user(house, name="Ada Lovelace", email="ada@example.org")
    answer = alice.get(USERS, {"q": term})
    assert ("Ada Lovelace" in answer.content.decode()) is found


def test_the_list_of_users_costs_the_same_for_many(house: House, alice: Client) -> None:
    role = make_role(house, name="Sales")
    counts = []
    for number in (2, 6):
        for _ in range(number):
            make_user(house, roles=(role,))
        alice.get(USERS)
        with CaptureQueriesContext(connection) as sent:
            answer = alice.get(USERS)
        assert answer.content.decode().count("Sales") > number
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_role_is_created_with_its_grants(house: House, alice: Client) -> None:
    given = {"name": "Sales", "features": ["auth.users.view", "auth.roles.*"], "organizations": [str(house.north.pk)]}
    assert alice.post(f"{ROLES}add/", given).status_code == 302
    with reading_in(house):
        grants = grants_of_role(Role.objects.get(name="Sales").pk)
    assert grants.features == {"auth.users.view", "auth.roles.*"}
    assert grants.organization_ids == frozenset({house.north.pk})


def test_the_tree_shows_what_is_granted_and_what_comes_with_it(house: House, alice: Client) -> None:
    role = make_role(house, "auth.users.manage", "gone.module.view")
    html = alice.get(f"{ROLES}{role.pk}/change/").content.decode()
    assert checked(html) == {"auth.users.manage", "gone.module.view"}
    assert "comes with auth.users.manage" in html


def test_saving_the_tree_as_it_is_changes_nothing(house: House, alice: Client) -> None:
    role = make_role(house, "auth.users.*", "gone.module.view", organization_ids=[house.north.pk])
    html = alice.get(f"{ROLES}{role.pk}/change/").content.decode()
    given = {"name": role.name, "features": sorted(checked(html)), "organizations": [str(house.north.pk)]}
    assert alice.post(f"{ROLES}{role.pk}/change/", {**given, "expected_version": 1}).status_code == 302
    with reading_in(house):
        assert grants_of_role(role.pk).features == {"auth.users.*", "gone.module.view"}


def test_a_box_that_is_not_offered_is_refused(house: House, alice: Client) -> None:
    answer = alice.post(f"{ROLES}add/", {"name": "Sales", "features": ["nobody.declared.this"], "everywhere": "on"})
    assert set(answer.context["adminform"].form.errors) == {"features"}


def test_too_much_is_refused_in_the_form_and_nothing_is_lost(house: House) -> None:
    client = clerk(house, "auth.roles.manage", "auth.acl.manage")
    given = {"name": "Mighty", "features": ["auth.users.manage"], "everywhere": "on"}
    answer = client.post(f"{ROLES}add/", given)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"features"}
    assert "You do not hold auth.users.manage" in answer.content.decode()
    assert checked(answer.content.decode()) == {"auth.users.manage"}
    with reading_in(house):
        assert not Role.objects.filter(name="Mighty").exists()


@pytest.mark.parametrize(
    ("feature", "opened"),
    [
        ("auth.users.view", {USERS}),
        ("auth.roles.view", {ROLES}),
        ("auth.sessions.manage", {USERS, SESSIONS}),
        ("auth.api_keys.view", set()),
    ],
)
def test_each_page_needs_its_feature(feature: str, opened: set[str], house: House) -> None:
    client = clerk(house, feature)
    assert {page for page in (USERS, ROLES, SESSIONS) if client.get(page).status_code == 200} == opened


def test_readers_see_no_form(house: House) -> None:
    client = clerk(house, "auth.users.view", "auth.roles.view")
    user, role = make_user(house, name="Ada"), make_role(house, "auth.users.view")
    for page in (f"{USERS}{user.pk}/change/", f"{ROLES}{role.pk}/change/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert 'name="name"' not in answer.content.decode()
        assert client.post(page, {"name": "X"}).status_code == 403


def test_a_system_role_has_no_delete_page(house: House, alice: Client) -> None:
    role = make_role(house, system_key="employee")
    assert alice.get(f"{ROLES}{role.pk}/delete/").status_code == 403


def test_a_role_in_use_is_not_deleted(house: House, alice: Client) -> None:
    role = make_role(house)
    make_user(house, roles=(role,))
    answer = alice.post(f"{ROLES}{role.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 409
    assert "1 users still have this role" in answer.content.decode()


def test_sessions_are_listed_and_ended(house: House, alice: Client) -> None:
    bob = make_user(house, name="Bob the builder", home_organization_id=house.root.pk)
    browser = signed_in(bob)
    assert browser.get("/backend/").status_code == 200
    with reading_in(house):
        session = Session.objects.get(user_id=bob.pk)
    assert "Bob the builder" in alice.get(SESSIONS).content.decode()
    assert alice.get(f"{SESSIONS}{session.pk}/change/").status_code == 200
    assert alice.post(f"{SESSIONS}{session.pk}/do/end/").status_code == 302
    assert browser.get("/backend/").status_code == 302


def test_neither_hash_nor_key_stands_on_any_page(house: House, alice: Client) -> None:
    bob = make_user(house)
    with reading_in(house):
        session = Session.objects.get()
    for page in (f"{USERS}{bob.pk}/change/", f"{SESSIONS}{session.pk}/change/", SESSIONS, USERS):
        html = alice.get(page).content.decode()
        assert "bcrypt" not in html
        assert session.data not in html
        assert bytes(session.digest).hex() not in html


def test_every_declared_staff_feature_has_a_box() -> None:
    leaves = [leaf.grant for branch in feature_tree(()) for leaf in branch.leaves]
    leaves += [leaf.grant for branch in feature_tree(()) for area in branch.areas for leaf in area.leaves]
    assert {"*", "auth.users.view", "auth.acl.manage", "directory.tenants.view"} <= set(leaves)
    assert len(leaves) == len(set(leaves))
