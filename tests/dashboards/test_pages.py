"""Pages of dashboards: who opens which, what a page without script does, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.dashboards.setup import seed_examples
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user, system
from tests.dashboards.factories import START, item_of, make_dashboard, number, stored, widgets
from tests.directory.callers import client_of, member
from tests.support.scopes import House

pytestmark = pytest.mark.django_db
BOARD, ARRANGE, WIDGET, SHARING = (f"/backend/dashboards/{name}/" for name in ("board", "arrange", "widget", "sharing"))


@pytest.fixture
def owner(house: House) -> User:
    return member(house, "dashboards.*", "audit_logs.*", name="Alice")


@pytest.fixture
def alice(owner: User) -> Client:
    return client_of(owner)


def note(text: str) -> dict[str, Any]:
    return item_of("dashboards.note", title=text, settings={"text": text})


def test_the_start_page_asks_nothing_for_the_dashboard_itself(alice: Client) -> None:
    text = alice.get("/backend/").content.decode()
    assert f'hx-get="{BOARD}"' in text
    assert "data-card" not in text


def test_a_fragment_is_no_page(alice: Client) -> None:
    whole = alice.get(BOARD).content.decode()
    part = alice.get(BOARD, headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in whole, "<html" in part, "data-card" in part) == (True, False, True)


def test_a_single_widget_is_asked_alone(house: House, owner: User, alice: Client) -> None:
    dashboard = make_dashboard(house, owner=owner, items=[note("One"), note("Two")])
    item = dashboard.items[1]["id"]
    text = alice.get(f"{BOARD}?dashboard={dashboard.pk}&item={item}").content.decode()
    assert ("Two" in text, "One" in text, text.count("<article")) == (True, False, 1)
    assert alice.get(f"{BOARD}?dashboard={dashboard.pk}&item={uuid7()}").status_code == 404


@pytest.mark.parametrize("address", [BOARD, ARRANGE, WIDGET, SHARING])
def test_a_foreign_dashboard_and_a_missing_one_look_the_same(
    house: House, other_house: House, alice: Client, address: str
) -> None:
    foreign = make_dashboard(other_house, is_shared=True)
    private = make_dashboard(house, owner=member(house, "dashboards.*"))
    answers = [alice.get(f"{address}?dashboard={name}") for name in (foreign.pk, private.pk, uuid7(), "nonsense")]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_who_may_only_look_gets_no_form_and_changes_nothing(house: House) -> None:
    dashboard = make_dashboard(house, items=[note("One")], is_shared=True)
    reader = client_of(member(house, "dashboards.manage"))
    text = reader.get(f"{BOARD}?dashboard={dashboard.pk}").content.decode()
    assert ("Arrange" in text, "Make it mine" in text) == (False, True)
    answer = reader.post(f"{ARRANGE}?dashboard={dashboard.pk}", {"remove": dashboard.items[0]["id"]})
    assert (answer.status_code, answer["Location"]) == (302, "/backend/dashboards/dashboard/")
    assert len(stored(house, dashboard).items) == 1
    assert client_of(member(house, "dashboards.view")).get(f"{ARRANGE}?dashboard={dashboard.pk}").status_code == 403
    assert client_of(member(house, "shelf.*")).get(BOARD).status_code == 403


def test_the_standard_one_becomes_ones_own(alice: Client) -> None:
    assert alice.get(START).json()["id"] is None
    answer = alice.post(f"{BOARD}?dashboard=standard", {"deed": "copy"})
    assert answer.status_code == 302
    own = alice.get(START).json()
    assert answer["Location"] == f"{ARRANGE}?dashboard={own['id']}"
    assert [item["widget"] for item in own["items"]][:2] == ["audit_logs.changes_by_day", "audit_logs.people"]


def test_an_order_of_what_somebody_else_has_changed_is_not_taken(house: House, owner: User, alice: Client) -> None:
    dashboard = make_dashboard(house, owner=owner, items=[note("One"), note("Two")])
    ids = [item["id"] for item in dashboard.items]
    address = f"{ARRANGE}?dashboard={dashboard.pk}"
    alice.post(address, {"move": f"{ids[1]}:-1"})
    alice.post(address, {"order": ",".join(ids), "expected_version": "1"})
    assert [item["title"] for item in stored(house, dashboard).items] == ["Two", "One"]
    assert "Somebody else has changed" in alice.get(address).content.decode()
    alice.post(address, {"order": ids[0]})
    assert "Name every widget" in alice.get(address).content.decode()


def test_wrong_settings_stay_in_the_form_with_what_is_wrong(house: House, owner: User, alice: Client) -> None:
    dashboard = make_dashboard(house, owner=owner)
    address = f"{WIDGET}?dashboard={dashboard.pk}&widget=currencies.newest"
    assert alice.get(address).status_code == 404
    rich = client_of(member(house, "dashboards.*", "currencies.*"))
    shared = make_dashboard(house, is_shared=True)
    answer = rich.post(f"{WIDGET}?dashboard={shared.pk}&widget=currencies.newest", {"s-limit": "many", "title": "Mine"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert ("Enter a whole number." in text, 'value="many"' in text, 'value="Mine"' in text) == (True, True, True)
    assert stored(house, shared).items == []
    answer = rich.post(f"{WIDGET}?dashboard={shared.pk}&widget=currencies.newest", {"s-limit": "3", "title": "Mine"})
    assert answer.status_code == 302
    [item] = stored(house, shared).items
    assert (item["title"], item["settings"]) == ("Mine", {"limit": 3})


def test_sharing_is_one_form(house: House, owner: User, alice: Client) -> None:
    role = make_role(house, "dashboards.view", name="Clerks")
    dashboard = make_dashboard(house, owner=owner)
    address = f"{SHARING}?dashboard={dashboard.pk}"
    answer = alice.post(address, {"start_ids": [str(role.pk)]})
    assert answer.status_code == 302
    assert stored(house, dashboard).shared_roles == [role.pk]
    shown = alice.get(address).context["form"].initial
    assert shown == {"is_shared": False, "role_ids": [str(role.pk)], "start_ids": [str(role.pk)]}
    assert alice.post(address, {"role_ids": [str(uuid7())]}).status_code == 200
    assert stored(house, dashboard).shared_roles == [role.pk]


def test_a_page_costs_few_queries(house: House, owner: User, alice: Client) -> None:
    for name in ("One", "Two", "Three"):
        make_dashboard(house, owner=owner, name=name)
    dashboard = make_dashboard(house, owner=owner, items=[note(str(n)) for n in range(20)])
    address = f"{BOARD}?dashboard={dashboard.pk}"
    alice.get(address)
    assert asked(alice, address) <= 12
    assert asked(alice, address, headers={"HX-Request": "true"}) <= 9
    assert asked(alice, "/backend/dashboards/dashboard/") <= 16


def asked(client: Client, address: str, **options: Any) -> int:
    """How many queries read rows, apart from those that open scopes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, **options).status_code == 200
    return sum(item["sql"].lstrip().startswith("SELECT") and "set_config" not in item["sql"] for item in queries)


def test_a_demonstration_gets_a_dashboard_for_each_role(house: House) -> None:
    admin = make_role(house, "*", name="Admin", system_key="admin")
    employee = make_role(house, "dashboards.view", "currencies.*", name="Employee", system_key="employee")
    for _time in range(2):
        with using_scope(system(house)) as scope:
            seed_examples(scope)
    for role, name in ((admin, "How the house runs"), (employee, "At work")):
        found = client_of(make_user(house, roles=(role,))).get(START).json()
        assert found["name"] == name
        assert len(found["items"]) >= 3


def test_a_title_of_ones_own_stands_on_the_card_and_markup_is_text(house: House, owner: User, alice: Client) -> None:
    bold = item_of("probes.one", title="<b>Mine</b>")
    dashboard = make_dashboard(house, owner=owner, items=[bold], name="<i>Board</i>")
    with widgets(number("probes.one")):
        text = alice.get(f"{BOARD}?dashboard={dashboard.pk}").content.decode()
    assert ("<b>Mine" in text, "&lt;b&gt;Mine" in text, "<i>Board" in text) == (False, True, False)
