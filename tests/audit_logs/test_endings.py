"""What runs once at the end of a request, a stream or a task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from apps.kernel.errors import Unavailable
from apps.kernel.tenancy.endings import concluded, concluding, ending

GET, POST = RequestFactory().get("/"), RequestFactory().post("/")


class Tally:
    """Counts what it is given, and how often it ran; `fails` makes the run a refusal."""

    ran: list[int] = []
    fails = False

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        self.count += 1

    def run(self) -> None:
        count, self.count = self.count, 0
        if count:
            Tally.ran.append(count)
        if count and Tally.fails:
            raise Unavailable


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing has run yet, and an answer that is closed leaves the database alone."""
    monkeypatch.setattr(Tally, "ran", [])
    monkeypatch.setattr(Tally, "fails", False)
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def note() -> None:
    found = ending(Tally)
    assert found is not None
    found.add()


def test_there_is_none_outside() -> None:
    assert ending(Tally) is None


def test_notes_of_a_request_are_settled_once_before_the_answer_leaves() -> None:
    def respond() -> HttpResponse:
        note()
        note()
        assert Tally.ran == []
        return HttpResponse("ok")

    assert concluded(GET, respond).getvalue() == b"ok"
    assert Tally.ran == [2]
    assert ending(Tally) is None


def test_a_refusal_takes_the_place_of_a_read_and_not_of_a_write() -> None:
    Tally.fails = True

    def respond() -> HttpResponse:
        note()
        return HttpResponse("ok")

    with pytest.raises(Unavailable):
        concluded(GET, respond)
    assert concluded(POST, respond).getvalue() == b"ok"


def test_a_stream_settles_what_came_before_it_and_what_comes_in_it() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            note()
            yield b"x"

    def respond() -> StreamingHttpResponse:
        note()
        return StreamingHttpResponse(pieces())

    answer = concluded(GET, respond)
    assert Tally.ran == [1]
    assert b"".join(answer.streaming_content) == b"xxx"  # type: ignore[attr-defined]
    assert Tally.ran == [1, 3]
    answer.close()
    assert Tally.ran == [1, 3]


def test_a_stream_that_is_given_up_is_settled_when_it_is_closed() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            note()
            yield b"x"

    answer = concluded(GET, lambda: StreamingHttpResponse(pieces()))
    next(iter(answer.streaming_content))  # type: ignore[attr-defined]
    assert Tally.ran == []
    answer.close()
    assert Tally.ran == [1]


def test_a_stream_that_breaks_is_settled_and_still_breaks() -> None:
    def pieces() -> Iterator[bytes]:
        note()
        yield b"x"
        raise ZeroDivisionError

    answer = concluded(GET, lambda: StreamingHttpResponse(pieces()))
    with pytest.raises(ZeroDivisionError):
        list(answer.streaming_content)  # type: ignore[attr-defined]
    assert Tally.ran == [1]


def test_a_stream_cannot_be_refused_any_more() -> None:
    Tally.fails = True

    def pieces() -> Iterator[bytes]:
        note()
        yield b"x"

    answer = concluded(GET, lambda: StreamingHttpResponse(pieces()))
    assert b"".join(answer.streaming_content) == b"x"  # type: ignore[attr-defined]
    assert Tally.ran == [1]


def test_a_stream_of_an_event_loop_is_settled_too() -> None:
    async def scenario() -> bytes:
        found: list[Tally] = []

        def respond() -> StreamingHttpResponse:
            tally = ending(Tally)
            assert tally is not None
            found.append(tally)

            async def pieces() -> AsyncIterator[bytes]:
                for _ in range(2):
                    found[0].add()
                    yield b"x"

            return StreamingHttpResponse(pieces())

        answer = concluded(GET, respond)
        return b"".join([piece async for piece in answer.streaming_content])  # type: ignore[attr-defined]

    assert asyncio.run(scenario()) == b"xx"
    assert Tally.ran == [2]


def test_a_task_settles_also_when_it_fails() -> None:
    with pytest.raises(ZeroDivisionError), concluding():
        note()
        raise ZeroDivisionError
    assert Tally.ran == [1]
