"""The history of the tenant in the back office."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.kernel.access.grants import EVERYTHING
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope
from tests.auth.factories import make_user, reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import make_currency, text_of
from tests.support.scopes import House, seeding

SYSTEM = Actor(ActorKind.SYSTEM, None, "system: tests", EVERYTHING)
LIST = "/backend/audit_logs/action/"


def rows_of(client: Client, query: str = "") -> list[str]:
    """Commands shown, newest first."""
    return [row.command for row in client.get(f"{LIST}{query}").context["cl"].result_list]


def test_the_list_shows_the_tenants_changes_newest_first(house: House, other_house: House, alice: Client) -> None:
    make_currency(house)
    make_currency(other_house)
    with reading_in(house):
        own = Action.objects.filter(parent_id=None).count()
    rows = rows_of(alice)
    assert len(rows) == own
    assert rows[0] == "tests.seed.write"


def test_what_the_system_did_is_the_houses_and_what_people_did_is_theirs(house: House, alice: Client) -> None:
    with seeding(Scope(house.tenant.pk, house.root.pk, frozenset({house.root.pk}), SYSTEM)):
        pass
    with seeding(house.scope(house.root)):
        pass
    assert [row.who for row in alice.get(LIST).context["cl"].result_list[:2]] == ["Alice", "the house"]
    page = text_of(alice.get(LIST).content)
    assert "the house" in page
    assert SYSTEM.label not in page


def test_without_the_wider_right_only_own_changes_are_listed(house: House, log_in: LogIn) -> None:
    make_currency(house)
    assert rows_of(log_in("audit_logs.view_self")) == []


@pytest.mark.parametrize("query", ["?who=mine", "?kind=currencies.currency", "?what=currencies.currency.create"])
def test_filters_narrow_the_list(house: House, alice: Client, query: str) -> None:
    make_currency(house)
    assert rows_of(alice, query) == []


def test_a_filter_with_nonsense_shows_nothing(alice: Client) -> None:
    assert alice.get(f"{LIST}?who=nonsense").status_code == 200
    assert rows_of(alice, "?who=nonsense") == []


def test_the_page_of_a_change_shows_its_diff_and_masks_what_is_encrypted(house: House, alice: Client) -> None:
    user = make_user(house, email="secret@example.org", name="Dora")
    with reading_in(house):
        action = Action.objects.order_by("-pk").exclude(command="").first()
        assert action is not None
    page = alice.get(f"{LIST}{action.pk}/change/")
    words = text_of(page.content)
    assert page.status_code == 200
    assert "Dora" in words
    assert "••••••" in words
    assert "secret@example.org" not in words
    assert str(user.pk) not in words


def test_a_foreign_change_is_not_found(house: House, other_house: House, alice: Client) -> None:
    with reading_in(other_house):
        foreign = Action.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert alice.get(f"{LIST}{foreign}/change/").status_code == 404


def test_nothing_can_be_written_here(house: House, alice: Client) -> None:
    with reading_in(house):
        action = Action.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert alice.get(f"{LIST}add/").status_code in {403, 404}
    assert alice.post(f"{LIST}{action}/change/", {"command": "x"}).status_code == 404
    assert alice.post(f"{LIST}{action}/delete/").status_code == 403
