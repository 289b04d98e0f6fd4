"""Commands on channels: what they write, announce, and give back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.sales import events
from apps.sales.services import create_channel, delete_channel, update_channel
from tests.kernel.events_probes import names
from tests.sales.factories import living_channels, make_channel
from tests.search.factories import catch_up, documents
from tests.support.scopes import House

NAME = "Name"
OTHER_NAME = "Name, changed"


@pytest.fixture
def north(house: House) -> Iterator[House]:
    with using_scope(house.scope(house.north)):
        yield house


def test_each_change_is_announced(north: House) -> None:
    channel = create_channel(name=NAME, code="code")
    update_channel(channel.pk, name=OTHER_NAME)
    delete_channel(channel.pk)
    assert names(north.scope()) == [events.CHANNEL_CREATED, events.CHANNEL_UPDATED, events.CHANNEL_DELETED]


def test_a_change_that_is_refused_leaves_everything_as_it_was(north: House) -> None:
    channel = make_channel(north, name=NAME)
    with pytest.raises(InvalidInput) as refusal:
        update_channel(channel.pk, name="")
    assert [(item.field, item.code) for item in refusal.value.errors] == [("name", "blank")]
    assert (living_channels(north), names(north.scope())) == ([NAME], [])


def test_a_deletion_is_taken_back(north: House) -> None:
    channel = make_channel(north, name=NAME)
    with collecting_actions() as actions:
        delete_channel(channel.pk)
    assert living_channels(north) == []
    undo(actions[-1])
    assert living_channels(north) == [NAME]
    assert names(north.scope()) == [events.CHANNEL_DELETED, events.CHANNEL_RESTORED]


def test_what_is_not_there_is_not_changed(north: House) -> None:
    for missing in (uuid7(), delete_channel(make_channel(north).pk).pk):
        with pytest.raises(RowNotFound):
            update_channel(missing, name=NAME)


def test_channels_are_found_until_they_are_deleted(north: House, settings: LazySettings) -> None:
    settings.EXTENSIONS_DISABLED = []
    channel = create_channel(name=NAME, code="code")
    catch_up()
    assert [item.title for item in documents(north, "sales.channel").values()] == [NAME]
    delete_channel(channel.pk)
    catch_up()
    assert documents(north, "sales.channel") == {}
