"""Back office pages of reminders."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.directory.callers import client_of, member
from tests.example.installed.factories import living_reminders, make_reminder
from tests.support.scopes import House


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "example.*"), organization=house.north)


def test_a_reminder_is_added_by_hand(manager: Client, house: House) -> None:
    pages = "/backend/example/reminder/"
    assert manager.get(f"{pages}add/").status_code == 200
    form = {"title": "Title"}
    answer = manager.post(f"{pages}add/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert living_reminders(house) == ["Title"]


def test_reminders_are_shown_and_deleted_by_hand(manager: Client, house: House) -> None:
    reminder = make_reminder(house, title="Title")
    pages = "/backend/example/reminder/"
    page = f"{pages}{reminder.pk}/"
    assert f"{page}change/" in manager.get(pages).content.decode()
    assert 'value="Title"' in manager.get(f"{page}change/").content.decode()
    assert manager.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert living_reminders(house) == []


def test_who_may_only_look_at_reminders_finds_no_form(house: House) -> None:
    reader = client_of(member(house, "example.reminders.view"), organization=house.north)
    assert reader.get("/backend/example/reminder/").status_code == 200
    assert reader.get("/backend/example/reminder/add/").status_code == 403
