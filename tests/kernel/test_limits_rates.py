"""Rates in the settings: how they are written, what they change, and what is found wrong with them."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from apps.kernel.limits.checks import check_rates
from apps.kernel.limits.rates import LIMITS, Limit, declare, in_force, named_rates, parse_rate
from apps.kernel.registry.store import AlreadyRegistered

LIMIT = Limit("tests.rate", 5, 60)


@pytest.mark.parametrize(
    ("rate", "expected"), [("20/60", (20, 60)), ("0/1", (0, 1)), ("30/3600", (30, 3600)), ("off", None)]
)
def test_a_rate_is_a_count_and_seconds(rate: str, expected: tuple[int, int] | None) -> None:
    assert parse_rate(rate) == expected


@pytest.mark.parametrize(
    "rate", ["", "20", "/60", "20/", "20/0", "-1/60", "1.5/60", "20/min", "٢/60", "9" * 10 + "/60"]
)
def test_another_text_is_no_rate(rate: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="A rate is a count and seconds"):
        parse_rate(rate)


def test_the_environment_names_rates() -> None:
    assert named_rates(["api.address = 100/60", "auth.log_in.email=off"]) == {
        "api.address": "100/60",
        "auth.log_in.email": "off",
    }
    for entry in ("api.address", "api.address=fast"):
        with pytest.raises(ImproperlyConfigured):
            named_rates([entry])


def test_settings_change_a_limit_by_its_name(settings: LazySettings) -> None:
    settings.RATE_LIMITS = {}
    assert in_force(LIMIT) == LIMIT
    settings.RATE_LIMITS = {"tests.rate": "7/10", "*": "off"}
    assert in_force(LIMIT) == Limit("tests.rate", 7, 10)
    assert in_force(Limit("tests.other", 5, 60)) is None
    del settings.RATE_LIMITS
    assert in_force(LIMIT) == LIMIT


def test_a_name_is_declared_once() -> None:
    try:
        assert declare("tests.declared", "5/60") == Limit("tests.declared", 5, 60)
        with pytest.raises(AlreadyRegistered):
            declare("tests.declared", "6/60")
        with pytest.raises(ImproperlyConfigured):
            declare("tests.nothing", "off")
    finally:
        LIMITS.remove("tests.declared")


def test_the_checks_find_what_cannot_be_read_and_what_nobody_declares(settings: LazySettings) -> None:
    settings.RATE_LIMITS = {"api.address": "1/1", "auth.log_in.both": "fast", "api.adress": "1/1", "*": "off"}
    assert [(message.id, "auth.log_in.both" in message.msg) for message in check_rates(None)] == [
        ("kernel.E050", True),
        ("kernel.W051", False),
    ]
    settings.RATE_LIMITS = {}
    assert check_rates(None) == []
