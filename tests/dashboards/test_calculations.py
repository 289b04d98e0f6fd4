"""Periods, layouts and settings: pure functions, as tables."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.dashboards.calculations.layouts import moved, ordered, without
from apps.dashboards.calculations.settings import complaints, completed
from apps.kernel.extensions.dashboards import Setting, SettingKind
from apps.kernel.extensions.periods import shifted, start_of
from apps.kernel.extensions.presets import PRESETS, before, is_too_fine, period_of, year_before
from tests.dashboards.factories import period

TODAY = date(2024, 5, 15)  # a Wednesday of a leap year
UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("preset", "start", "end", "start_before", "end_before"),
    [
        ("today", "2024-05-15", "2024-05-15", "2024-05-14", "2024-05-14"),
        ("yesterday", "2024-05-14", "2024-05-14", "2024-05-13", "2024-05-13"),
        ("last_7_days", "2024-05-09", "2024-05-15", "2024-05-02", "2024-05-08"),
        ("last_30_days", "2024-04-16", "2024-05-15", "2024-03-17", "2024-04-15"),
        ("last_90_days", "2024-02-16", "2024-05-15", "2023-11-18", "2024-02-15"),
        ("this_week", "2024-05-13", "2024-05-15", "2024-05-06", "2024-05-08"),
        ("last_week", "2024-05-06", "2024-05-12", "2024-04-29", "2024-05-05"),
        ("this_month", "2024-05-01", "2024-05-15", "2024-04-01", "2024-04-15"),
        ("last_month", "2024-04-01", "2024-04-30", "2024-03-01", "2024-03-31"),
        ("this_quarter", "2024-04-01", "2024-05-15", "2024-01-01", "2024-02-14"),
        ("last_quarter", "2024-01-01", "2024-03-31", "2023-10-01", "2023-12-31"),
        ("this_year", "2024-01-01", "2024-05-15", "2023-01-01", "2023-05-16"),
        ("last_year", "2023-01-01", "2023-12-31", "2022-01-01", "2022-12-31"),
    ],
)
def test_presets_and_what_they_are_compared_with(
    preset: str, start: str, end: str, start_before: str, end_before: str
) -> None:
    found = period_of(preset, today=TODAY, zone=UTC)
    assert (str(found.start), str(found.end), found.preset) == (start, end, preset)
    former = before(found)
    assert (str(former.start), str(former.end)) == (start_before, end_before)


def test_every_preset_is_in_the_table() -> None:
    names = {mark.args[1][n][0] for mark in _marks() for n in range(len(mark.args[1]))}
    assert names == set(PRESETS)


def _marks() -> Any:
    return test_presets_and_what_they_are_compared_with.pytestmark  # type: ignore[attr-defined]


def test_the_end_of_a_longer_month_is_compared_with_the_end_of_a_shorter_one() -> None:
    former = before(period("2023-03-01", "2023-03-31", preset="this_month"))
    assert (str(former.start), str(former.end)) == ("2023-02-01", "2023-02-28")


def test_the_29th_of_february_has_a_28th_before() -> None:
    former = year_before(period("2024-02-29", "2024-03-01"))
    assert (str(former.start), str(former.end)) == ("2023-02-28", "2023-03-01")


@pytest.mark.parametrize(
    ("zone", "hours"), [("UTC", 24), ("Europe/Warsaw", 23), ("America/New_York", 24), ("Pacific/Apia", 24)]
)
def test_a_day_is_as_long_as_it_is_there(zone: str, hours: int) -> None:
    day = period("2024-03-31", "2024-03-31", zone)
    assert (day.until - day.since).total_seconds() / 3600 == hours


@pytest.mark.parametrize(
    ("day", "granularity", "first"),
    [
        ("2024-01-01", "week", "2024-01-01"),
        ("2023-12-31", "week", "2023-12-25"),
        ("2024-12-31", "quarter", "2024-10-01"),
        ("2024-02-29", "month", "2024-02-01"),
        ("2024-02-29", "year", "2024-01-01"),
        ("2024-02-29", "day", "2024-02-29"),
    ],
)
def test_stretches_begin_where_the_calendar_does(day: str, granularity: Any, first: str) -> None:
    assert str(start_of(date.fromisoformat(day), granularity)) == first


def test_shifting_keeps_to_the_month() -> None:
    assert [str(shifted(date(2024, 1, 31), "month", by)) for by in (-2, 1, 13)] == [
        "2023-11-30",
        "2024-02-29",
        "2025-02-28",
    ]


def test_the_cut_fits_the_period() -> None:
    spans = {31: "day", 62: "day", 63: "week", 366: "week", 400: "month", 1_900: "month", 3_000: "year"}
    start = date(2020, 1, 1)
    found = {
        days: period(str(start), str(date.fromordinal(start.toordinal() + days - 1))).granularity for days in spans
    }
    assert found == spans


@pytest.mark.parametrize(("granularity", "is_fine"), [("day", True), ("week", False), ("month", False)])
def test_a_year_is_too_long_for_days(granularity: Any, is_fine: bool) -> None:
    assert is_too_fine(period("2024-01-01", "2024-12-31"), granularity) is is_fine
    assert is_too_fine(period("1900-01-01", "2999-12-31"), "year")


def item(name: str) -> Any:
    return {"id": name, "widget": "x.y", "width": "md", "title": "", "settings": {}}


def names(items: Any) -> str:
    return "".join(found["id"] for found in items)


@pytest.mark.parametrize(
    ("name", "by", "order"), [("a", 1, "bac"), ("c", -1, "acb"), ("a", -1, "abc"), ("a", 9, "bca"), ("c", -9, "cab")]
)
def test_items_move_as_far_as_there_is_place(name: str, by: int, order: str) -> None:
    assert names(moved([item("a"), item("b"), item("c")], name, by=by)) == order


def test_an_order_names_every_item_once() -> None:
    items = [item("a"), item("b")]
    assert names(ordered(items, ["b", "a"]) or []) == "ba"
    assert [ordered(items, ids) for ids in (["a"], ["a", "a"], ["a", "b", "c"], ["a", "c"])] == [None] * 4
    assert names(without(items, "a")) == "b"


COLOURS = Setting("colour", "Colour", SettingKind.CHOICE, choices=lambda _: [("red", "Red"), ("blue", "Blue")])
SETTINGS = (
    Setting("text", "Text", maximum=5, is_required=True),
    Setting("limit", "At most", SettingKind.INTEGER, 10, minimum=1, maximum=50),
    Setting("loud", "Loud", SettingKind.BOOLEAN, False),
    COLOURS,
    Setting(
        "shade",
        "Shade",
        SettingKind.CHOICES,
        [],
        choices=lambda chosen: [("dark", "Dark")] if chosen.get("colour") == "red" else [],
    ),
    Setting("condition", "Where", SettingKind.CONDITION, None),
)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"text": "fine"}, {}),
        ({}, {"settings.text": "required"}),
        ({"text": "too long"}, {"settings.text": "max_length"}),
        ({"text": 5}, {"settings.text": "invalid"}),
        ({"text": "a\x00"}, {"settings.text": "invalid"}),
        ({"text": "a", "limit": 0}, {"settings.limit": "range"}),
        ({"text": "a", "limit": True}, {"settings.limit": "invalid"}),
        ({"text": "a", "limit": "5"}, {"settings.limit": "invalid"}),
        ({"text": "a", "loud": "yes"}, {"settings.loud": "invalid"}),
        ({"text": "a", "colour": "green"}, {"settings.colour": "invalid_choice"}),
        ({"text": "a", "colour": ["red"]}, {"settings.colour": "invalid_choice"}),
        ({"text": "a", "shade": ["dark"]}, {"settings.shade": "invalid_choice"}),
        ({"text": "a", "colour": "red", "shade": ["dark"]}, {}),
        ({"text": "a", "shade": "dark"}, {"settings.shade": "invalid"}),
        ({"text": "a", "condition": {"and": 5}}, {"settings.condition": "expected_list"}),
        ({"text": "a", "other": 1}, {"settings.other": "unknown"}),
        (
            {"limit": 99, "loud": 1},
            {"settings.text": "required", "settings.limit": "range", "settings.loud": "invalid"},
        ),
    ],
)
def test_settings_are_judged_all_at_once(given: dict[str, Any], wrong: dict[str, str]) -> None:
    found = {fault.field: fault.code for fault in complaints(SETTINGS, given)}
    assert found == wrong


def test_a_required_choice_begins_with_the_first_one() -> None:
    kind = Setting("colour", "Colour", SettingKind.CHOICE, choices=COLOURS.choices, is_required=True)
    assert completed((kind, *SETTINGS[1:3]), {"limit": 3}) == {"colour": "red", "limit": 3, "loud": False}
