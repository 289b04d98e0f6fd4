"""When people want peace and when their digest comes, as tables; what a notification may say and where it may lead."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from apps.kernel.registry.notices import is_local_path, is_local_pattern
from apps.notifications.calculations import Peace, headline, is_wanted, prose

WARSAW, KOLKATA = ZoneInfo("Europe/Warsaw"), ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    """A moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end", "now", "ends"),
    [
        ("12:00", "14:00", "2026-03-02 10:59", None),
        ("12:00", "14:00", "2026-03-02 11:00", "2026-03-02 13:00"),
        ("12:00", "14:00", "2026-03-02 12:59", "2026-03-02 13:00"),
        ("12:00", "14:00", "2026-03-02 13:00", None),
        ("22:00", "07:00", "2026-03-02 20:59", None),
        ("22:00", "07:00", "2026-03-02 21:00", "2026-03-03 06:00"),
        ("22:00", "07:00", "2026-03-02 23:30", "2026-03-03 06:00"),
        ("22:00", "07:00", "2026-03-03 05:59", "2026-03-03 06:00"),
        ("22:00", "07:00", "2026-03-03 06:00", None),
        ("08:00", "08:00", "2026-03-02 07:00", None),
        # The night in which an hour is left out, and the one in which it comes twice.
        ("22:00", "07:00", "2026-03-28 22:00", "2026-03-29 05:00"),
        ("22:00", "02:30", "2026-10-25 00:15", "2026-10-25 00:30"),
        ("22:00", "02:30", "2026-10-25 01:15", "2026-10-25 01:30"),
    ],
)
def test_quiet_hours(begin: str, end: str, now: str, ends: str | None) -> None:
    peace = Peace(WARSAW, quiet_from=time.fromisoformat(begin), quiet_until=time.fromisoformat(end))
    assert peace.quiet_ends(at(now)) == (at(ends) if ends else None)


def test_without_both_ends_there_are_no_quiet_hours() -> None:
    assert Peace(WARSAW, quiet_from=time(0)).quiet_ends(at("2026-03-02 10:00")) is None
    assert Peace(WARSAW).quiet_ends(at("2026-03-02 10:00")) is None


@pytest.mark.parametrize(
    ("zone", "hour", "weekday", "now", "comes"),
    [
        (WARSAW, 8, None, "2026-03-02 06:59", "2026-03-02 07:00"),
        (WARSAW, 8, None, "2026-03-02 07:00", "2026-03-03 07:00"),
        (WARSAW, 8, 0, "2026-03-02 06:00", "2026-03-02 07:00"),
        (WARSAW, 8, 0, "2026-03-02 07:00", "2026-03-09 07:00"),
        (WARSAW, 8, 6, "2026-03-02 12:00", "2026-03-08 07:00"),
        (WARSAW, 8, None, "2026-03-28 12:00", "2026-03-29 06:00"),
        (KOLKATA, 0, None, "2026-03-02 18:29", "2026-03-02 18:30"),
        (KOLKATA, 0, None, "2026-03-02 18:30", "2026-03-03 18:30"),
    ],
)
def test_the_next_digest(zone: ZoneInfo, hour: int, weekday: int | None, now: str, comes: str) -> None:
    assert Peace(zone, hour=hour, weekday=weekday).next_digest(at(now)) == at(comes)


@pytest.mark.parametrize(
    ("is_muted", "until", "expected"),
    [
        (False, None, False),
        (False, "2026-03-03 00:00", False),
        (True, None, True),
        (True, "2026-03-02 12:01", True),
        (True, "2026-03-02 12:00", False),
    ],
)
def test_muted(is_muted: bool, until: str | None, expected: bool) -> None:
    peace = Peace(WARSAW, is_muted=is_muted, muted_until=at(until) if until else None)
    assert peace.muted(at("2026-03-02 12:00")) is expected


@pytest.mark.parametrize(
    ("about_type", "about_all", "default", "expected"),
    [
        (None, None, True, True),
        (None, None, False, False),
        (None, True, False, True),
        (None, False, True, False),
        (True, False, False, True),
        (False, True, True, False),
    ],
)
def test_the_word_about_a_kind_counts_before_that_about_all(
    about_type: bool | None, about_all: bool | None, default: bool, expected: bool
) -> None:
    words = {("x.y", "email"): about_type, ("", "email"): about_all, ("x.y", "digest"): not expected}
    choices = {key: value for key, value in words.items() if value is not None}
    assert is_wanted(choices, "x.y", "email", default=default) is expected


def test_texts_are_tidied() -> None:
    assert headline("  a\n b\x00 ") == "a b"
    assert prose("a\n\n\n\nb\x07\r\nc") == "a\n\nb\nc"
    assert len(prose("x" * 3000)) == 2000
    assert prose("") == ""


@pytest.mark.parametrize("path", ["/", "/a/b/?c=d&e=%20#f", "/ż", "/a:b", "/a//b"])
def test_paths_of_this_installation(path: str) -> None:
    assert is_local_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        " /a",
        "/a\n",
        "/\t/evil.example",
        "/a b",
        "/<script>",
        '/"',
        "/\u200b",
        "/\u2028",
        "/\ud800",
        f"/{'a' * 2000}",
    ],
)
def test_everything_else_is_refused(path: str) -> None:
    assert not is_local_path(path)


def test_patterns_may_have_variables_and_nothing_around_them_that_leads_away() -> None:
    assert is_local_pattern("/orders/{{ id }}/?n={{ number }}")
    for pattern in ("{{ link }}", "//{{ host }}/", "/ {{ id }}", "javascript:{{ id }}"):
        assert not is_local_pattern(pattern)
