"""Saved views above lists: keeping, opening, defaults, roles, links; what is gone from a list is left out and said."""

from __future__ import annotations

import json
import re
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import Role
from apps.backoffice.models import SavedView
from tests.auth.factories import make_role, make_user, reading_in
from tests.backoffice.conftest import LogIn, signed_in
from tests.backoffice.currencies import LIST, commands_run, make_currency, text_of
from tests.backoffice.test_views_arranging import chips, codes, heads
from tests.support.scopes import House, seeding

CURRENCY = "currencies.currency"
USE, SHARE, DEFAULTS = (f"backoffice.views.{name}" for name in ("use", "share", "role_defaults"))
INACTIVE = {"field": "is_active", "operator": "=", "value": False}


@pytest.fixture(autouse=True)
def _three(house: House) -> None:
    for code in ("EUR", "PLN", "USD"):
        make_currency(house, code, is_active=code != "PLN")


def save(client: Client, name: str = "Off", **more: object) -> UUID:
    """Save a view from the page of the list, and give its id."""
    state = more.pop("state", {"columns": ["code", "symbol"], "filter": INACTIVE, "page_size": 20})
    given = {"list": CURRENCY, "name": name, "state": json.dumps(state), "next": LIST, **more}
    answer = client.post("/backend/views/save/", given)
    assert answer.status_code == 302
    return UUID(answer.headers["Location"].partition("view=")[2])


def stored(house: House, view_id: UUID) -> SavedView:
    with reading_in(house):
        found: SavedView = SavedView.objects.get(pk=view_id)
        return found


def make_view(house: House, owner_id: UUID, name: str = "Given", **values: object) -> SavedView:
    with seeding(house.scope()):
        view = SavedView(**{"list": CURRENCY, "name": name, "owner_id": owner_id, "settings": {}, **values})
        view.save(force_insert=True)
    return view


def tabs(content: bytes) -> list[str]:
    nav = re.findall(r'<nav class="ag-tabs vw-tabs".*?</nav>', content.decode(), re.DOTALL)
    return re.findall(r"<span>(.*?)</span>", nav[0]) if nav else []


def current(content: bytes) -> str:
    nav = content.decode().partition('class="ag-tabs vw-tabs"')[2]
    return text_of(nav.partition('aria-current="page">')[2].partition("</a>")[0].encode())


def test_a_view_keeps_columns_condition_and_size(house: House, alice: Client) -> None:
    view = save(alice)
    answer = alice.get(f"{LIST}?view={view}")
    assert (heads(answer.content), codes(answer.content)) == (["code", "symbol"], ["PLN"])
    assert (tabs(answer.content), current(answer.content)) == (["All", "Off"], "Off")
    assert chips(answer.content) == ["Active is no"]
    assert commands_run(house) == ["backoffice.view.create"]


def test_a_filter_taken_away_stays_away_and_marks_the_view_as_changed(alice: Client) -> None:
    view = save(alice, state={"parameters": {"is_active__exact": ["0"]}})
    assert codes(alice.get(f"{LIST}?view={view}").content) == ["PLN"]
    answer = alice.get(f"{LIST}?view={view}&page_size=50")
    assert codes(answer.content) == ["EUR", "PLN", "USD"]
    assert current(answer.content) == "Off changed"


def test_saving_again_takes_what_is_shown(house: House, alice: Client) -> None:
    view = save(alice)
    changed = alice.get(f"{LIST}?view={view}&columns=code&page_size=20&sort=-code")
    state = re.findall(r'name="state" value="([^"]*)"', changed.content.decode())[0].replace("&quot;", '"')
    given = {"view": str(view), "expected_version": 1, "state": state, "next": LIST}
    assert alice.post("/backend/views/update/", given).headers["Location"] == f"{LIST}?view={view}"
    assert stored(house, view).settings == {"columns": ["code"], "sort": ["-code"], "page_size": 20}
    assert alice.post("/backend/views/update/", given).headers["Location"] == LIST
    assert stored(house, view).version == 2


def test_a_name_is_taken_once_and_wrong_settings_are_refused(house: House, alice: Client) -> None:
    save(alice)
    for state, name in ((json.dumps({}), "Off"), (json.dumps({"page_size": 7}), "Seven"), ("[", "Broken")):
        answer = alice.post("/backend/views/save/", {"list": CURRENCY, "name": name, "state": state, "next": LIST})
        assert answer.headers["Location"] == LIST
    with reading_in(house):
        assert list(SavedView.objects.values_list("name", flat=True)) == ["Off"]


def test_a_personal_default_opens_the_bare_list_and_goes_before_a_roles(house: House, log_in: LogIn) -> None:
    role = make_role(house, "currencies.view", USE, name="Buyers")
    bob = signed_in(make_user(house, name="Bob", roles=(role,), home_organization_id=house.root.pk))
    make_view(
        house, role.pk, "Of the role", owner_kind="role", is_default=True, settings={"columns": ["code", "is_active"]}
    )
    assert heads(bob.get(LIST).content) == ["code", "is_active"]
    own = save(bob, "Mine", is_default="on", state={"columns": ["code", "name"]})
    assert heads(bob.get(LIST).content) == ["code", "name"]
    assert current(bob.get(LIST).content) == "Mine home default"
    assert len(heads(bob.get(f"{LIST}?view=all").content)) == 7
    assert len(heads(bob.get(f"{LIST}?q=EUR").content)) == 7
    bob.post("/backend/views/default/", {"view": str(own), "to": "no", "next": LIST})
    assert heads(bob.get(LIST).content) == ["code", "is_active"]


def test_one_default_for_each_owner_and_list(house: House, alice: Client) -> None:
    first, second = save(alice, "One", is_default="on"), save(alice, "Two")
    alice.post("/backend/views/default/", {"view": str(second), "to": "yes", "next": LIST})
    assert (stored(house, first).is_default, stored(house, second).is_default) == (False, True)


def test_a_view_given_to_a_role_is_seen_by_that_role_only(house: House, log_in: LogIn) -> None:
    buyers = make_role(house, "currencies.view", USE, name="Buyers")
    bob = signed_in(make_user(house, name="Bob", roles=(buyers,), home_organization_id=house.root.pk))
    carol = log_in("currencies.view", USE, name="Carol")
    alice = log_in("*", name="Alice")
    view = save(alice)
    answer = alice.post(f"/backend/backoffice/savedview/{view}/do/share/", {"role_ids": [str(buyers.pk)]})
    assert answer.status_code == 302
    assert (tabs(bob.get(LIST).content), tabs(carol.get(LIST).content)) == (["All", "Off"], [])
    with reading_in(house):
        [given] = SavedView.objects.filter(owner_id=buyers.pk)
    assert codes(bob.get(f"{LIST}?view={given.pk}").content) == ["PLN"]
    hidden = carol.get(f"{LIST}?view={given.pk}")
    assert "There is no such view" in text_of(hidden.content)
    assert codes(hidden.content) == ["EUR", "PLN", "USD"]


def test_a_linked_view_is_opened_by_whoever_opens_the_list(house: House, log_in: LogIn) -> None:
    view = make_view(house, uuid4(), "Linked", is_linked=True, settings={"columns": ["code"]})
    closed = make_view(house, uuid4(), "Closed", settings={"columns": ["code"]})
    bob = log_in("currencies.view", USE)
    assert heads(bob.get(f"{LIST}?view={view.pk}").content) == ["code"]
    assert tabs(bob.get(f"{LIST}?view={view.pk}").content) == ["All", "Linked"]
    assert tabs(bob.get(LIST).content) == []
    assert "There is no such view" in text_of(bob.get(f"{LIST}?view={closed.pk}").content)
    assert log_in("search.view", USE, name="Eve").get(f"{LIST}?view={view.pk}").status_code == 403


def test_another_tenants_view_is_missing(house: House, other_house: House, alice: Client) -> None:
    foreign = make_view(other_house, uuid4(), is_linked=True, settings={"columns": ["code"]})
    said = {text_of(alice.get(f"{LIST}?view={item}").content).count("no such view") for item in (foreign.pk, uuid4())}
    assert said == {1}
    answer = alice.post("/backend/views/update/", {"view": str(foreign.pk), "state": "{}", "next": LIST})
    assert answer.status_code == 404


def test_what_is_gone_from_the_list_is_left_out_and_said(house: House, log_in: LogIn) -> None:
    bob = log_in("currencies.view", USE)
    parameters = {"no_such__exact": ["1"], "is_active__exact": ["1"]}
    gone = {"columns": ["code", "cf_size"], "sort": ["cf_size"], "parameters": parameters}
    tree = {"field": "cf_size", "operator": "=", "value": 3}
    view = make_view(house, bob.user.pk, settings={**gone, "filter": tree})  # type: ignore[attr-defined]
    answer = bob.get(f"{LIST}?view={view.pk}")
    words = text_of(answer.content)
    assert (answer.status_code, heads(answer.content)) == (200, ["code"])
    assert "or not for you: cf_size." in words
    assert "Filters of this view are not there any more and are left out: no_such__exact." in words
    assert "The advanced filter is not understood" in words
    assert codes(answer.content) == ["EUR", "USD"]


@pytest.mark.parametrize("name", ["no_such__exact", "is_active__exact", "organization_id__in"])
def test_a_default_that_fits_no_more_still_opens_the_list(house: House, log_in: LogIn, name: str) -> None:
    bob = log_in("currencies.view", USE)
    gone = {"parameters": {name: ["neither yes nor no"]}}
    make_view(house, bob.user.pk, is_default=True, settings=gone)  # type: ignore[attr-defined]
    assert codes(bob.get(LIST).content) == ["EUR", "PLN", "USD"]


def test_pinned_views_stand_in_the_navigation_of_every_page(alice: Client) -> None:
    view = save(alice, "Switched off", is_pinned="on")
    link = f'<a href="{LIST}?view={view}"'
    assert link in alice.get("/backend/").content.decode()
    alice.post("/backend/views/pin/", {"view": str(view), "to": "no", "next": LIST})
    assert link not in alice.get("/backend/auth/role/").content.decode()


def test_who_may_not_open_the_list_has_no_pinned_view_of_it(house: House, log_in: LogIn) -> None:
    bob = log_in("search.view", USE)
    make_view(house, bob.user.pk, "Secret", is_pinned=True)  # type: ignore[attr-defined]
    assert "Secret" not in bob.get("/backend/").content.decode()


def test_without_the_feature_there_are_no_own_views_but_those_of_roles(house: House) -> None:
    role = make_role(house, "currencies.view", name="Readers")
    user = make_user(house, name="Rita", roles=(role,), home_organization_id=house.root.pk)
    rita = signed_in(user)
    make_view(house, user.pk, "Own")
    make_view(house, role.pk, "Of the role", owner_kind="role", settings={"columns": ["code"]}, is_default=True)
    linked = make_view(house, uuid4(), "Linked", is_linked=True, settings={"columns": ["code", "name"]})
    answer = rita.get(LIST)
    assert (tabs(answer.content), heads(answer.content)) == (["All", "Of the role"], ["code"])
    assert "Save as" not in text_of(rita.get(f"{LIST}?columns=code,name").content)
    assert heads(rita.get(f"{LIST}?view={linked.pk}").content) == ["code", "name"]


def test_without_the_feature_nothing_is_saved(house: House, log_in: LogIn) -> None:
    bob = log_in("currencies.view")
    make_view(house, bob.user.pk, is_default=True, settings={"columns": ["code"]})  # type: ignore[attr-defined]
    assert len(heads(bob.get(LIST).content)) == 7
    given = {"list": CURRENCY, "name": "X", "state": "{}", "next": LIST}
    assert bob.post("/backend/views/save/", given).status_code == 403


def asked_for_views(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as context:
        client.get(address)
        return sum("saved_view" in item["sql"] for item in context.captured_queries)


def test_views_of_a_list_and_the_navigation_cost_one_query(alice: Client) -> None:
    save(alice, is_pinned="on", is_default="on")
    assert [asked_for_views(alice, address) for address in (LIST, "/backend/auth/role/", "/backend/")] == [1, 1, 1]


def test_many_views_stand_in_a_menu(house: House, log_in: LogIn) -> None:
    bob = log_in("currencies.view", USE)
    for number in range(10):
        last = make_view(house, bob.user.pk, f"View {number}")  # type: ignore[attr-defined]
    assert tabs(bob.get(LIST).content) == ["All", *(f"View {number}" for number in range(7))]
    opened = bob.get(f"{LIST}?view={last.pk}")
    assert (tabs(opened.content)[-1], "More views" in text_of(opened.content)) == ("View 9", True)


def test_views_are_managed_on_a_page_of_their_own(house: House, alice: Client) -> None:
    view = save(alice)
    page = "/backend/backoffice/savedview/"
    assert "Off" in text_of(alice.get(page).content)
    given = {"name": "Renamed", "is_linked": "on", "expected_version": 1}
    assert alice.post(f"{page}{view}/change/", given).status_code == 302
    row = stored(house, view)
    assert (row.name, row.is_linked, row.settings["columns"]) == ("Renamed", True, ["code", "symbol"])
    assert alice.post(f"{page}{view}/delete/", {"post": "yes", "expected_version": 2}).status_code == 302
    assert tabs(alice.get(LIST).content) == []


def test_a_users_view_is_not_anothers_to_change(house: House, log_in: LogIn) -> None:
    bob, carol = log_in("currencies.view", USE), log_in("currencies.view", USE, name="Carol")
    view = save(bob)
    assert carol.post("/backend/views/pin/", {"view": str(view), "to": "yes", "next": LIST}).status_code == 404
    with reading_in(house):
        role = Role.objects.order_by("pk").values_list("pk", flat=True)[0]
    of_role = make_view(house, role, owner_kind="role")
    for step in ("pin", "default"):
        given = {"view": str(of_role.pk), "to": "yes", "next": LIST}
        assert bob.post(f"/backend/views/{step}/", given).status_code == 403
    assert not stored(house, of_role.pk).is_pinned


def test_an_address_names_everything_so_that_links_keep_it(alice: Client) -> None:
    view = save(alice)
    content = alice.get(f"{LIST}?view={view}").content.decode()
    head = re.findall(r'href="(\?[^"]*o=[^"]*)"', content)[0].replace("&amp;", "&")
    assert f"view={view}" in head
    assert quote("code,symbol") in head
    assert codes(alice.get(f"{LIST}{head}").content) == ["PLN"]
