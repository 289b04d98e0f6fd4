"""Commands on reminders: what they write, announce, and give back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from apps.example import events
from apps.example.services import create_reminder, delete_reminder, update_reminder
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.example.installed.factories import living_reminders, make_reminder
from tests.kernel.events_probes import names
from tests.search.factories import catch_up, documents
from tests.support.scopes import House

NAME = "Title"
OTHER_NAME = "Title, changed"


@pytest.fixture
def north(house: House) -> Iterator[House]:
    with using_scope(house.scope(house.north)):
        yield house


def test_each_change_is_announced(north: House) -> None:
    reminder = create_reminder(title=NAME)
    update_reminder(reminder.pk, title=OTHER_NAME)
    delete_reminder(reminder.pk)
    assert names(north.scope()) == [events.REMINDER_CREATED, events.REMINDER_UPDATED, events.REMINDER_DELETED]


def test_a_change_that_is_refused_leaves_everything_as_it_was(north: House) -> None:
    reminder = make_reminder(north, title=NAME)
    with pytest.raises(InvalidInput) as refusal:
        update_reminder(reminder.pk, title="")
    assert [(item.field, item.code) for item in refusal.value.errors] == [("title", "blank")]
    assert (living_reminders(north), names(north.scope())) == ([NAME], [])


def test_a_deletion_is_taken_back(north: House) -> None:
    reminder = make_reminder(north, title=NAME)
    with collecting_actions() as actions:
        delete_reminder(reminder.pk)
    assert living_reminders(north) == []
    undo(actions[-1])
    assert living_reminders(north) == [NAME]
    assert names(north.scope()) == [events.REMINDER_DELETED, events.REMINDER_RESTORED]


def test_what_is_not_there_is_not_changed(north: House) -> None:
    for missing in (uuid7(), delete_reminder(make_reminder(north).pk).pk):
        with pytest.raises(RowNotFound):
            update_reminder(missing, title=NAME)


def test_reminders_are_found_until_they_are_deleted(north: House, settings: LazySettings) -> None:
    settings.EXTENSIONS_DISABLED = []
    reminder = create_reminder(title=NAME)
    catch_up()
    assert [item.title for item in documents(north, "example.reminder").values()] == [NAME]
    delete_reminder(reminder.pk)
    catch_up()
    assert documents(north, "example.reminder") == {}
