"""Restricted people in the live stream: it tells only those who see them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from django.conf import LazySettings

from tests.customers.clerks import WRITES
from tests.customers.factories import PEOPLE, make_person
from tests.directory.callers import client_of, member, send
from tests.kernel.streams import finish, listening, streaming
from tests.support.scopes import House


@pytest.fixture(autouse=True)
def _follows(settings: LazySettings) -> None:
    settings.EXTENSIONS_DISABLED = []


@pytest.mark.processes
@pytest.mark.committed
def test_the_live_stream_tells_only_those_who_see_it(house: House) -> None:
    alice, carol = (member(house, *WRITES, name=name) for name in ("Alice", "Carol"))
    chief = member(house, *WRITES, "customers.people.view_all", name="Chief")
    owner = client_of(alice, organization=house.north)
    hidden, open_one = make_person(house, "Zoroaster"), make_person(house, "Ada Lovelace")
    assert send(owner, "post", f"{PEOPLE}{hidden.pk}/restrict/", {}).status_code == 200
    with streaming() as server, ExitStack() as stack:
        taps = [stack.enter_context(listening(server, user)) for user in (alice, chief, carol)]
        for person in (hidden, open_one):
            assert send(owner, "patch", f"{PEOPLE}{person.pk}/", {"job_title": "Astronomer"}).status_code == 200
        finish(house, *taps)
        told = [[item.data["entity_id"] for item in tap.events() if item.data["entity_id"]] for tap in taps]
    both, one = [str(hidden.pk), str(open_one.pk)], [str(open_one.pk)]
    assert told == [both, both, one]
