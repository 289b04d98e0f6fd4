"""The page of choices in two windows: what one window left alone stays as the other has made it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from apps.auth.models import User
from tests.directory.callers import client_of, send
from tests.notifications.notices import LOUD

PAGE, REST = "/backend/notifications/notification/choices/", "/api/notifications/preferences/"


class Entered(HTMLParser):
    """What a browser would send of the page's form."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input, and the chosen option of a list."""
        given = {name: value or "" for name, value in attrs}
        if tag == "select":
            self.select = given["name"]
        elif tag == "option" and ("selected" in given or self.select not in self.values):
            self.values[self.select] = given.get("value", "")
        elif tag == "input" and given.get("name") and (given.get("type") != "checkbox" or "checked" in given):
            self.values[given["name"]] = given.get("value", "on" if given.get("type") == "checkbox" else "")


def opened(client: Client) -> dict[str, str]:
    """The form as a window has it, the bell and the search around it left out."""
    found = Entered()
    text = client.get(PAGE).content.decode()
    found.feed(text[text.index('class="ag-narrow') :])
    return found.values


@pytest.fixture
def reader(bob: User) -> Client:
    return client_of(bob)


def chosen(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(REST).json()
    return {name: found[name] for name in ("quiet_from", "quiet_until", "is_muted", "digest_hour")} | {
        "loud": next(item for item in found["types"] if item["type"] == LOUD)["chosen"]
    }


def test_two_windows_do_not_take_back_what_the_other_has_chosen(reader: Client) -> None:
    first, second = opened(reader), opened(reader)
    loud = f"choice-{LOUD.replace('.', '-')}-email"
    given = {**second, "quiet_from": "22:00", "quiet_until": "06:00", "is_muted": "on", loud: "no"}
    assert reader.post(PAGE, given).status_code == 302
    assert reader.post(PAGE, {**first, "digest_hour": "7"}).status_code == 302
    assert chosen(reader) == {
        "quiet_from": "22:00",
        "quiet_until": "06:00",
        "is_muted": True,
        "digest_hour": 7,
        "loud": {"email": False},
    }


def test_what_is_taken_back_on_the_page_goes(reader: Client) -> None:
    body = {"quiet_from": "22:00", "quiet_until": "06:00", "is_muted": True, "muted_until": "2036-03-02T12:00:00Z"}
    choices = [{"type": LOUD, "channel": "email", "is_wanted": False}]
    assert send(reader, "patch", REST, {**body, "choices": choices}).status_code == 200
    loud = f"choice-{LOUD.replace('.', '-')}-email"
    seen = opened(reader)
    assert (seen["quiet_from"], seen["is_muted"], seen[loud]) == ("22:00", "on", "no")
    del seen["is_muted"]
    assert reader.post(PAGE, {**seen, "quiet_from": "", "quiet_until": "", loud: ""}).status_code == 302
    assert chosen(reader) == {
        "quiet_from": None,
        "quiet_until": None,
        "is_muted": False,
        "digest_hour": 8,
        "loud": {},
    }
    assert reader.get(REST).json()["muted_until"] == "2036-03-02T12:00:00Z"


def test_nothing_changed_is_nothing_written(reader: Client) -> None:
    seen = opened(reader)
    before = reader.get(REST).json()
    assert reader.post(PAGE, seen).status_code == 302
    assert reader.get(REST).json() == before
