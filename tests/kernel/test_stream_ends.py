"""How streams end: with the session or its rights, by a slow client, for want of room, with the process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.auth.models import Session, User
from apps.auth.services.devices import end_own_session
from apps.auth.services.keys import IssuedKey, revoke_api_key
from apps.auth.services.users import delete_user, end_user_sessions, set_user_roles, update_user
from apps.auth.tokens import new_access_token
from apps.directory.services.organizations import deactivate_organization
from apps.directory.services.tenants import suspend_tenant
from apps.kernel import clock
from apps.kernel.eventbus.stream.positions import position_named
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import reading_in, system
from tests.auth.programs import make_key
from tests.directory.callers import client_of, member
from tests.kernel.streams import (
    ADDRESS,
    BEAT,
    SOON,
    Tap,
    as_user,
    finish,
    lazy,
    listening,
    say_often,
    streaming,
    tell,
)
from tests.kernel.web_servers import Server, granian
from tests.kernel.work_probes import wait_for
from tests.support.scopes import House
from tests.support.shelf.events import BOOK_LENT, BOOK_WEIGHED
from tests.support.shelf.factories import make_book

pytestmark = [pytest.mark.processes, pytest.mark.committed]
VIEW = "shelf.books.view"


def ends(tap: Tap) -> float:
    """Seconds until the stream has ended; at most as long as is promised."""
    return wait_for(lambda: tap.has_ended, seconds=SOON)


@dataclass(frozen=True, slots=True)
class Cast:
    """A house with its people, and a stream each."""

    house: House
    user: User

    def does(self, change: Callable[..., object], *args: Any, **given: Any) -> None:
        """Have the system do it."""
        with using_scope(system(self.house)):
            change(*args, **given)


CHANGES: dict[str, Callable[[Cast], None]] = {
    "sessions end": lambda cast: cast.does(end_user_sessions, cast.user.pk),
    "signed out": lambda cast: cast.does(end_own_session, cast.user, session_of(cast)),
    "disabled": lambda cast: cast.does(update_user, cast.user.pk, is_active=False),
    "deleted": lambda cast: cast.does(delete_user, cast.user.pk),
    "other roles": lambda cast: cast.does(set_user_roles, cast.user.pk, roles=[]),
    "organization off": lambda cast: cast.does(deactivate_organization, cast.house.north.pk),
    "tenant suspended": lambda cast: cast.does(suspend_tenant, cast.house.tenant.pk),
}


def session_of(cast: Cast) -> UUID:
    with reading_in(cast.house):
        found: UUID = Session.objects.get(user_id=cast.user.pk).pk
        return found


def test_a_stream_ends_with_every_right_that_it_was_opened_by(house: House) -> None:
    seconds = []
    with streaming() as server, listening(server, member(house, VIEW)) as stays:
        for name, change in CHANGES.items():
            cast = Cast(house, member(house, VIEW))
            selected = house.north if name == "organization off" else house.south
            with listening(server, cast.user, selected) as tap:
                finish(house, tap)
                if name == "tenant suspended":
                    finish(house, stays)  # whatever became of others, this one has heard everything
                    assert not stays.has_ended
                change(cast)
                seconds.append(ends(tap))
        assert ends(stays) < SOON
        assert server.get(ADDRESS, **stays.headers).status == 403
    assert max(seconds) < SOON


def test_a_stream_ends_with_its_key(house: House) -> None:
    key, other = make_key(house, VIEW), make_key(house, VIEW)
    with streaming() as server, Tap(server, {"X-Api-Key": key.secret}) as tap, Tap(server, keyed(other)) as stays:
        with using_scope(system(house)):
            revoke_api_key(key.key.pk)
        ends(tap)
        tell(house.scope(), BOOK_LENT, resource_id=make_book(house).pk, words="still here")
        stays.wait()
        assert server.get(ADDRESS, **keyed(key)).status == 401


def keyed(key: IssuedKey) -> dict[str, str]:
    return {"X-Api-Key": key.secret}


def test_a_stream_ends_with_its_access_token(house: House) -> None:
    user = member(house, VIEW)
    client_of(user)
    with reading_in(house):
        session = Session.objects.get(user_id=user.pk)
    with streaming() as server:
        session.expires_at = clock.now() + timedelta(seconds=4)  # of the token only: the row lives on
        bearer = {"Authorization": f"Bearer {new_access_token(session)}"}
        with Tap(server, bearer) as tap:
            assert tap.status == 200
            wait_for(lambda: tap.has_ended, seconds=4 + SOON)
        assert server.get(ADDRESS, **bearer).status == 401


def test_there_is_room_for_so_many(house: House) -> None:
    one, other = member(house, VIEW), member(house, VIEW)
    with streaming(AGORA_STREAMS="3", AGORA_STREAMS_OF_ONE="2") as server, listening(server, one):
        with listening(server, one):
            refused = server.get(ADDRESS, **as_user(one))
            with listening(server, other):
                full = server.get(ADDRESS, **as_user(member(house, VIEW)))
        wait_for(lambda: _opens(server, one))
        wait_for(lambda: "agora_streams 1.0" in server.get("/metrics").text)
    for answer, status, code in ((refused, 429, "kernel.stream.too_many"), (full, 503, "kernel.stream.full")):
        assert (answer.status, answer.json()["code"], answer.headers["retry-after"]) == (status, code, "30")


def _opens(server: Server, user: User) -> bool:
    with Tap(server, as_user(user)) as tap:
        return tap.status == 200


@pytest.mark.prove
def test_a_client_that_does_not_take_what_it_is_sent_is_sent_away_and_comes_back(house: House) -> None:
    alice, book = member(house, VIEW), make_book(house).pk
    with streaming() as server, listening(server, alice) as quick, lazy(server, alice) as slow:
        for number in range(24):
            with using_scope(house.scope()):
                say_often(BOOK_LENT.name, {"resource_id": book, "words": f"{number} " + "x" * 3_500}, times=100)
        quick.wait(2400, seconds=60)
        metrics = wait_for(lambda: 'agora_stream_ends_total{why="slow"} 1.0' in server.get("/metrics").text, seconds=30)
        assert metrics < 30
        last = slow.read_what_came()
        with listening(server, alice, **{"Last-Event-ID": last}) as again:
            wait_for(again.kinds)
        assert {item.data["id"] for item in again.events()} <= {item.data["id"] for item in quick.events()}


def test_a_silent_stream_gives_signs_of_life_and_moves_on(house: House) -> None:
    alice = member(house, VIEW)
    with streaming(AGORA_STREAM_HEARTBEAT="1") as server, listening(server, alice) as tap:
        first = tap.last_id
        tell(house.scope(), BOOK_WEIGHED, resource_id=make_book(house).pk)  # for nobody, and the place moves on
        wait_for(lambda: tap.kinds().count(BEAT) >= 3)
        assert b": heartbeat\nevent: agora:heartbeat\n" in tap.raw
        later = [position_named(name, house.tenant.pk) for name in (first, tap.last_id)]
    assert None not in later
    assert later[0] < later[1]  # type: ignore[operator]
    assert tap.names() == []


def test_a_server_that_stops_ends_its_streams_first(house: House) -> None:
    alice = member(house, VIEW)
    with streaming() as server, listening(server, alice) as tap:
        began = time.monotonic()
        os.kill(server.process_id, signal.SIGTERM)
        wait_for(lambda: tap.has_ended)
        wait_for(lambda: not server.answers())
    assert tap.is_whole  # the answer came to its end, it was not cut off
    assert time.monotonic() - began < SOON


def test_a_process_without_streams_says_so(house: House) -> None:
    alice = member(house, VIEW)
    with granian(DJANGO_SETTINGS_MODULE="tests.kernel.stream_settings") as server:
        answer = server.get(ADDRESS, **as_user(alice))
        assert (answer.status, answer.json()["code"]) == (501, "kernel.stream.elsewhere")
        assert answer.headers["content-type"] == "application/problem+json"
        assert server.get(ADDRESS).status == 401


def test_only_streams_can_be_had_there(house: House) -> None:
    alice = as_user(member(house, VIEW))
    with streaming() as server:
        statuses = [
            server.get(ADDRESS, **alice, Accept="application/json").status,
            server.get(ADDRESS, method="POST", **alice).status,
            server.get(f"{ADDRESS}?before=1", **alice).status,
            server.get(ADDRESS, method="HEAD", **alice).status,
            server.get(ADDRESS).status,
            server.get("/api/events/streams", **alice).status,
        ]
    assert statuses == [406, 403, 400, 200, 401, 404]
