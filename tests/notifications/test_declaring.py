"""What is refused when a kind of notification or a channel is declared, and what the system checks find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from apps.kernel.registry.notices import (
    CHANNELS,
    NOTIFICATION_TYPES,
    NoticeAction,
    NotificationType,
    channel,
    notification_type,
)
from apps.kernel.registry.store import AlreadyRegistered
from apps.notifications.services.judging import check_notification_types, judge_type

LOOK = NoticeAction("look", "Look", href="/a/")


@contextmanager
def kind(**parts: Any) -> Iterator[NotificationType]:
    """One more kind for the block."""
    made = notification_type("tests.probe", **{"label": "Probe", "title": "Probe", **parts})
    try:
        yield made
    finally:
        NOTIFICATION_TYPES.remove("tests.probe")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"link": "//evil.example"}, "no path"),
        ({"link": "javascript:alert(1)"}, "no path"),
        ({"link": "{{ link }}"}, "no path"),
        ({"severity": "fatal"}, "fatal"),
        ({"expires_after": 0}, "an hour"),
        ({"actions": [LOOK, LOOK]}, "share an id"),
        ({"actions": [NoticeAction("Look!", "Look", href="/a/")]}, "no id"),
        ({"actions": [NoticeAction("look", "Look")]}, "either"),
        ({"actions": [NoticeAction("look", "Look", command="a.b.c", href="/a/")]}, "either"),
        ({"actions": [NoticeAction("look", "Look", href="https://evil.example")]}, "leads to"),
        ({"actions": [NoticeAction("go", "Go", command="a.b.c")], "by_hand": True}, "runs no commands"),
    ],
)
def test_a_bad_kind_cannot_be_declared(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words), kind(**parts):
        pass
    assert "tests.probe" not in NOTIFICATION_TYPES


@pytest.mark.parametrize("name", ["probe", "Tests.probe", "tests.", "tests.pro be"])
def test_a_kind_is_named_after_its_module(name: str) -> None:
    with pytest.raises(ValueError, match="an id is"):
        notification_type(name, label="Probe", title="Probe")


def test_nothing_is_declared_twice() -> None:
    with kind(), pytest.raises(AlreadyRegistered), kind():
        pass
    with pytest.raises(AlreadyRegistered):
        channel("email", None, label="Again")
    with pytest.raises(ValueError, match="no id of a channel"):
        channel("e-mail", None, label="Again")
    assert "e-mail" not in CHANNELS


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"actions": [LOOK], "channels": ["in_app", "digest"]}, []),
        ({"title": "{{ "}, ["notifications.E001"]),
        ({"group_key": "{% for %}", "body": "{{ a.b() }}"}, ["notifications.E001"] * 2),
        ({"channels": ["pigeon"]}, ["notifications.E002"]),
        ({"actions": [NoticeAction("go", "Go", command="tests.nothing.do")]}, ["notifications.E003"]),
        ({"actions": [NoticeAction("go", "Go", command="currencies.currency.delete")]}, ["notifications.E004"]),
        (
            {"actions": [NoticeAction("go", "Go", command="currencies.currency.delete", input={"colour": "x"})]},
            ["notifications.E004"],
        ),
        (
            {"actions": [NoticeAction("go", "Go", command="currencies.currency.delete", input={"currency_id": "x"})]},
            [],
        ),
    ],
)
def test_what_the_checks_find(parts: dict[str, Any], found: list[str]) -> None:
    with kind(**parts) as declared:
        assert [message.id for message in judge_type(declared)] == found


def test_the_house_s_own_kinds_are_right() -> None:
    assert check_notification_types(None) == []
