"""Pure parts: what an answer means, whose turn it is, which headers may be set, signatures and their spelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as PublicLibrary

from apps.webhooks.calculations.headers import may_be_set, request_headers, shown_headers
from apps.webhooks.calculations.outcomes import Answered, Fate, Verdict, asked_delay, backoff, judge
from apps.webhooks.calculations.pacing import Pace, Turn, take_turn
from apps.webhooks.calculations.signing import as_secret, is_secret, is_signed, key_of, sign

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = bytes(range(32))


def at(seconds: float) -> datetime:
    """A moment after noon."""
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("answer", "attempt", "fate"),
    [
        (Answered(200), 1, Fate.DELIVERED),
        (Answered(299), 11, Fate.DELIVERED),
        (Answered(199), 1, Fate.FINAL),
        (Answered(302), 1, Fate.FINAL),
        (Answered(404), 1, Fate.FINAL),
        (Answered(408), 1, Fate.AGAIN),
        (Answered(425), 1, Fate.AGAIN),
        (Answered(429), 10, Fate.AGAIN),
        (Answered(429), 11, Fate.EXHAUSTED),
        (Answered(500), 1, Fate.AGAIN),
        (Answered(599), 11, Fate.EXHAUSTED),
        (Answered(error="timeout"), 1, Fate.AGAIN),
        (Answered(error="timeout"), 11, Fate.EXHAUSTED),
        (Answered(error="private_ip_resolved", is_final=True), 1, Fate.FINAL),
        (Answered(error="breaker_open"), 11, Fate.UNTRIED),
    ],
)
def test_an_answer_has_one_meaning(answer: Answered, attempt: int, fate: Fate) -> None:
    assert judge(answer, attempt=attempt, most=11, now=NOON, roll=0.5).fate is fate


def test_only_410_wants_nothing_more() -> None:
    gone = [code for code in range(100, 600) if judge(Answered(code), attempt=1, most=2, now=NOON, roll=0).is_gone]
    assert gone == [410]


def test_pauses_double_up_to_an_hour_and_are_spread_by_a_quarter() -> None:
    assert [backoff(n, roll=0.5).total_seconds() for n in (1, 2, 3, 10, 11, 30)] == [5, 10, 20, 2560, 3600, 3600]
    assert (backoff(1, roll=0).total_seconds(), backoff(30, roll=0.999)) == (3.75, timedelta(hours=1))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("90", 90),
        (" 90 ", 90),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("86401", 86400),
        ("9" * 5000, 86400),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 12:01:00", 0),
        ("Fri, 01 Mar 9999 12:01:00 GMT", 86400),
        ("Mon, 01 Mar 99999999999999999999 12:01:00 GMT", 0),
        ("Mon, 01 Mar 2027 99999999999999999999:01:00 GMT", 0),
        ("²", 0),
    ],
)
def test_retry_after_is_read_or_left_alone(header: str, seconds: int) -> None:
    assert asked_delay(header, NOON) == timedelta(seconds=seconds)


def test_the_later_of_both_pauses_counts() -> None:
    asked = [judge(Answered(503, retry_after=text), attempt=3, most=9, now=NOON, roll=0.5) for text in ("1", "60")]
    assert asked == [Verdict(Fate.AGAIN, timedelta(seconds=20)), Verdict(Fate.AGAIN, timedelta(seconds=60))]


def test_turns_are_given_evenly_and_kept() -> None:
    pace, turns = Pace(), []
    for _ in range(3):
        turn = take_turn(pace, promised=None, per_minute=30, now=NOON)
        pace = turn.pace
        turns.append(turn.at)
    assert turns == [None, at(2), at(4)]
    assert take_turn(pace, promised=at(2), per_minute=30, now=at(2)) == Turn(Pace(at(4), at(6)), None)


def test_a_turn_that_comes_late_holds_the_next_one_back() -> None:
    late = take_turn(Pace(at(2), at(6)), promised=at(2), per_minute=30, now=at(3))
    assert late.at is None
    assert take_turn(late.pace, promised=at(4), per_minute=30, now=at(4)).at == at(5)


def test_turns_that_nobody_took_are_given_anew() -> None:
    pace = Pace(at(2), at(6))
    first = take_turn(pace, promised=at(2), per_minute=30, now=at(600))
    second = take_turn(first.pace, promised=at(4), per_minute=30, now=at(600))
    assert (first.at, second.at) == (None, at(602))


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("X-Shop", "north", True),
        ("Authorization", "Bearer x", True),
        ("x", "", True),
        ("Content-Type", "text/plain", False),
        ("HOST", "example.org", False),
        ("Webhook-Anything", "1", False),
        ("webhook-signature", "1", False),
        ("Connection", "close", False),
        ("Transfer-Encoding", "chunked", False),
        ("X Shop", "1", False),
        ("X-Shop:", "1", False),
        ("", "1", False),
        ("X-Shop", "a\nb", False),
        ("X-Shop", "a\x00", False),
        ("X-Shop", "ż", False),
        ("X-Shop", "x" * 4097, False),
        ("X-Shop", 7, False),
    ],
)
def test_which_headers_may_be_set(name: str, value: object, allowed: bool) -> None:
    assert may_be_set(name, value) is allowed


def test_our_headers_stand_over_those_of_the_webhook() -> None:
    stored = {"X-Shop": "a", "webhook-id": "forged", "Host": "elsewhere"}
    found = request_headers(stored, message_id="msg_1", timestamp=7, signature="v1,x")
    assert (found["x-shop"], found["webhook-id"], "host" in found) == ("a", "msg_1", False)


def test_credentials_in_an_answer_are_not_kept() -> None:
    assert shown_headers({"set-cookie": "a=b", "server": "x" * 900}) == {"server": "x" * 500}


def test_signatures_are_those_of_the_public_library_in_both_directions() -> None:
    secret, body = as_secret(KEY), '{"zażółć": 1}'
    ours = sign([secret], "msg_1", int(NOON.timestamp()), body.encode())
    theirs = PublicLibrary(secret).sign("msg_1", NOON, body)
    assert ours == theirs
    assert is_signed(theirs, [secret], "msg_1", int(NOON.timestamp()), body=body.encode())
    assert not is_signed(theirs, [as_secret(KEY[::-1])], "msg_1", int(NOON.timestamp()), body=body.encode())


def test_the_public_library_verifies_a_request_of_now() -> None:
    secret, now = as_secret(KEY), int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": sign([as_secret(KEY[::-1]), secret], "msg_1", now, b'{"a": 1}'),
    }
    assert PublicLibrary(secret).verify(b'{"a": 1}', headers) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (as_secret(KEY), True),
        (as_secret(KEY).removeprefix("whsec_"), True),
        (as_secret(KEY[:23]), False),
        (as_secret(KEY * 2 + b"x"), False),
        ("whsec_not base64!", False),
        ("whsec_żżżż", False),
        ("", False),
    ],
)
def test_what_is_a_secret(text: str, is_one: bool) -> None:
    assert is_secret(text) is is_one


def test_a_secret_holds_its_key() -> None:
    assert key_of(as_secret(KEY)) == KEY
