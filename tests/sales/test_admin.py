"""Back office pages of channels and tax classes."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.directory.callers import client_of, member
from tests.sales.factories import living_channels, living_tax_classes, make_channel, make_tax_class
from tests.support.scopes import House


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "sales.*"), organization=house.north)


def test_a_channel_is_added_by_hand(manager: Client, house: House) -> None:
    pages = "/backend/sales/channel/"
    assert manager.get(f"{pages}add/").status_code == 200
    form = {"name": "Name", "code": "code"}
    answer = manager.post(f"{pages}add/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert living_channels(house) == ["Name"]


def test_channels_are_shown_and_deleted_by_hand(manager: Client, house: House) -> None:
    channel = make_channel(house, name="Name")
    pages = "/backend/sales/channel/"
    page = f"{pages}{channel.pk}/"
    assert f"{page}change/" in manager.get(pages).content.decode()
    assert 'value="Name"' in manager.get(f"{page}change/").content.decode()
    assert manager.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert living_channels(house) == []


def test_who_may_only_look_at_channels_finds_no_form(house: House) -> None:
    reader = client_of(member(house, "sales.channels.view"), organization=house.north)
    assert reader.get("/backend/sales/channel/").status_code == 200
    assert reader.get("/backend/sales/channel/add/").status_code == 403


def test_a_tax_class_is_added_by_hand(manager: Client, house: House) -> None:
    pages = "/backend/sales/taxclass/"
    assert manager.get(f"{pages}add/").status_code == 200
    form = {"name": "Name", "code": "code", "rate": "19.9000"}
    answer = manager.post(f"{pages}add/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert living_tax_classes(house) == ["Name"]


def test_tax_classes_are_shown_and_deleted_by_hand(manager: Client, house: House) -> None:
    tax_class = make_tax_class(house, name="Name")
    pages = "/backend/sales/taxclass/"
    page = f"{pages}{tax_class.pk}/"
    assert f"{page}change/" in manager.get(pages).content.decode()
    assert 'value="Name"' in manager.get(f"{page}change/").content.decode()
    assert manager.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert living_tax_classes(house) == []


def test_who_may_only_look_at_tax_classes_finds_no_form(house: House) -> None:
    reader = client_of(member(house, "sales.settings.view"), organization=house.north)
    assert reader.get("/backend/sales/taxclass/").status_code == 200
    assert reader.get("/backend/sales/taxclass/add/").status_code == 403
