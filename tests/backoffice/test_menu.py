"""The navigation: items of pages and of modules, in their groups, for whom they are."""

from __future__ import annotations

from typing import Any

from django.test import Client, override_settings

from apps.kernel.extensions.menu import MENU, MenuItem
from tests.backoffice.conftest import LogIn
from tests.kernel.extensions_probes import declared


def groups(client: Client) -> dict[str, list[tuple[str, str]]]:
    """Title of each group and the label and address of its items."""
    shown: Any = client.get("/backend/").context["sidebar_navigation"]
    return {str(group["title"]): [(item["title"], item["link"]) for item in group["items"]] for group in shown}


def test_a_module_adds_a_link_to_its_group(log_in: LogIn) -> None:
    found = groups(log_in("auth.api_keys.view"))
    assert found["Staff"] == [("API keys", "/backend/auth/apikey/"), ("REST interface", "/api/docs/")]
    assert "REST interface" not in str(groups(log_in("auth.users.view")))


def test_items_stand_by_priority_among_the_pages(alice: Client) -> None:
    ahead = MenuItem("probes.ahead", "Ahead", "/somewhere/", group="currencies", priority=1)
    behind = MenuItem("probes.behind", "Behind", "https://example.org/", group="currencies", priority=-99)
    with declared(MENU, ahead, behind):
        found = groups(alice)["Currencies"]
    assert found[:2] == [("Ahead", "/somewhere/"), ("Currencies", "/backend/currencies/currency/")]
    assert found[-1] == ("Behind", "https://example.org/")


def test_an_item_of_a_group_that_is_not_there_stands_with_its_module(alice: Client) -> None:
    with declared(MENU, MenuItem("currencies.lost", "Lost", "/lost/", group="nowhere")):
        assert ("Lost", "/lost/") in groups(alice)["Currencies"]


@override_settings(EXTENSIONS_DISABLED=["currencies.currency"])
def test_a_page_that_is_off_stands_neither_in_the_navigation_nor_on_the_start_page(log_in: LogIn) -> None:
    reader = log_in("currencies.view")
    assert "Currencies" not in groups(reader)
    assert "Currencies" not in [card.title for card in reader.get("/backend/").context["cards"]]
    assert reader.get("/backend/currencies/currency/").status_code == 200


def test_the_start_page_has_the_same_links(alice: Client) -> None:
    cards = {card.title: [link.label for link in card.links] for card in alice.get("/backend/").context["cards"]}
    menu = {title: [label for label, _ in items] for title, items in groups(alice).items() if title}
    assert cards == menu
