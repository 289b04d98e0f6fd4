"""The back office's pages of a user's own list, and of who may do what and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.auth.models import User
from apps.auth.selectors import own_grants
from tests.auth.factories import GRANT_TABLES, MANAGING, give, make_role, make_user, reading_in
from tests.browser.conftest import DESKTOP, PHONE, Desk, chromium, desk, server, shoot
from tests.browser.judging import faults_of
from tests.support.digests import digest
from tests.support.scopes import House
from tests.support.sign_in import signed_in

__all__ = ["chromium", "desk", "server"]  # fixtures of the browser's own folder

USERS, EXPLAIN = "/backend/auth/user/", "/backend/auth/user/explain/"
VIEW = "currencies.view"


@pytest.fixture
def manager(house: House) -> Client:
    role = make_role(house, *MANAGING, "currencies.*", name="Managers")
    return signed_in(make_user(house, name="Manager", roles=(role,), home_organization_id=house.root.pk))


def at(user: User) -> str:
    return f"{USERS}{user.pk}/permissions/"


def test_an_own_list_is_written_and_shown(house: House, manager: Client) -> None:
    user = make_user(house, name="Bob", roles=(make_role(house, "currencies.*", name="All"),))
    page = manager.get(at(user)).content.decode()
    assert "role All" in page
    assert f'href="{at(user)}"' in manager.get(f"{USERS}{user.pk}/change/").content.decode()
    given = {"features": [VIEW], "denied_features": ["currencies.manage"], "own_places": "on"}
    answer = manager.post(at(user), {**given, "organizations": [str(house.north.pk)], "expected_version": 1})
    assert answer.status_code == 302, answer.content
    with reading_in(house):
        own = own_grants(user.pk)
    assert own is not None
    assert (sorted(own.features), sorted(own.denied)) == ([VIEW], ["currencies.manage"])
    assert own.organization_ids == frozenset({house.north.pk})


def test_what_the_boundary_refuses_stands_in_the_form(house: House, manager: Client) -> None:
    user = make_user(house)
    before = digest(*GRANT_TABLES)
    answer = manager.post(at(user), {"features": ["*"], "is_super_admin": "on", "expected_version": 1})
    assert (answer.status_code, set(answer.context["form"].errors)) == (200, {"features", "is_super_admin"})
    stale = manager.post(at(user), {"features": [VIEW], "expected_version": 7})
    assert stale.status_code == 200
    assert stale.context["form"].non_field_errors()
    assert digest(*GRANT_TABLES) == before


def test_who_may_not_grant_has_no_such_page(house: House) -> None:
    user = make_user(house, home_organization_id=house.root.pk)
    clerk = signed_in(make_user(house, roles=(make_role(house, "auth.users.manage"),)))
    assert [clerk.get(path).status_code for path in (at(user), EXPLAIN)] == [403, 403]


def test_super_admins_are_hidden_from_others(house: House, manager: Client) -> None:
    chief = make_user(house, name="Chief", roles=(make_role(house, name="Chiefs", is_super_admin=True),))
    assert "Chief" not in manager.get(USERS).content.decode()
    assert "Chiefs" not in manager.get("/backend/auth/role/").content.decode()
    assert [manager.get(path).status_code for path in (at(chief), f"{USERS}{chief.pk}/change/")] == [404, 404]


def test_the_question_opens_with_the_user_chosen_and_no_complaint(house: House, manager: Client) -> None:
    user = make_user(house, name="Ada")
    page = manager.get(EXPLAIN, {"user": str(user.pk)}).content.decode()
    assert f'value="{user.pk}" selected' in page
    assert "This field is required" not in page


def test_access_is_explained(house: House, manager: Client) -> None:
    user = make_user(house, name="Bob", roles=(make_role(house, "currencies.*", name="All"),))
    give(house, user, denied_features=["currencies.manage"])
    page = manager.get(EXPLAIN, {"feature": VIEW, "user": str(user.pk)}).content.decode()
    assert "Bob may currencies.view: holds currencies.* from role All." in page
    page = manager.get(EXPLAIN, {"feature": "currencies.manage", "user": str(user.pk)}).content.decode()
    assert "Bob may not currencies.manage: is denied currencies.manage." in page
    for wrong in ({"feature": "no.such"}, {"feature": VIEW, "record_id": "x"}, {"feature": VIEW, "user": "x"}):
        assert manager.get(EXPLAIN, wrong).context["form"].errors


@pytest.mark.browser
@pytest.mark.committed
@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_the_pages_look_right(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    user = make_user(house, name="Bob", roles=(make_role(house, "currencies.*", name="All"),))
    give(house, user, "auth.users.manage", denied_features=["currencies.manage"])
    seat, faults = desk("*"), list[str]()
    page, name = seat.page(size=size, dark=dark), request.node.callspec.id
    shown = {"permissions": at(user), "explain": EXPLAIN, "explained": f"{EXPLAIN}?feature={VIEW}&user={user.pk}"}
    shown |= {"wrong": f"{EXPLAIN}?feature={VIEW}&record_id=x", "user": f"{USERS}{user.pk}/change/"}
    for label, address in shown.items():
        page.goto(address)
        shoot(page, f"access-{label}-{name}")
        faults += faults_of(page, label)
    assert not faults, "\n".join(faults)
