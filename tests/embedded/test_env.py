"""Readers of the environment: what they accept, and that a refusal names the variable and not its value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config import env

NAME = "AGORA_TEST_READER"


@pytest.mark.parametrize(
    ("value", "read", "expected"),
    [
        (" words ", lambda: env.text(NAME), "words"),
        ("", lambda: env.text(NAME, "default"), "default"),
        ("Yes", lambda: env.flag(NAME, default=False), True),
        ("off", lambda: env.flag(NAME, default=True), False),
        ("", lambda: env.flag(NAME, default=True), True),
        ("12", lambda: env.integer(NAME, 3, least=10), 12),
        ("0.25", lambda: env.seconds(NAME), 0.25),
        (" a, b ,,c", lambda: env.listing(NAME), ["a", "b", "c"]),
        ("", lambda: env.listing(NAME, ["x"]), ["x"]),
        ("a.b=c.d, e.f = g", lambda: env.mapping(NAME), {"a.b": "c.d", "e.f": "g"}),
        ("", lambda: env.mapping(NAME), {}),
        ("https://shop.example", lambda: env.url(NAME), "https://shop.example"),
        ("redis://h", lambda: env.url(NAME, schemes=["redis", "unix"]), "redis://h"),
    ],
)
def test_a_value_is_read(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], Any], expected: object
) -> None:
    monkeypatch.setenv(NAME, value)
    assert read() == expected


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", lambda: env.text(NAME)),
        ("hunter2", lambda: env.flag(NAME, default=True)),
        ("hunter2", lambda: env.integer(NAME)),
        ("-2", lambda: env.integer(NAME, least=0)),
        ("hunter2", lambda: env.seconds(NAME)),
        ("-1", lambda: env.seconds(NAME)),
        ("nan", lambda: env.seconds(NAME)),
        ("ftp://hunter2", lambda: env.url(NAME)),
        ("hunter2", lambda: env.mapping(NAME)),
        ("a=hunter2,a=b", lambda: env.mapping(NAME)),
        ("=hunter2", lambda: env.mapping(NAME)),
    ],
)
def test_a_refusal_names_the_variable_and_keeps_the_value_to_itself(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], Any]
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(env.SettingInvalid) as refusal:
        read()
    assert NAME in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv(NAME, "from the environment")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "key"))
    assert env.secret(NAME) == "from a file"
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nothing"))
    with pytest.raises(env.SettingInvalid, match=f"{NAME}_FILE"):
        env.secret(NAME)


def test_a_database_address_with_host_and_password() -> None:
    entry = env.database("postgres://me:p%40ss@db.example:6432/shop?sslmode=require", application_name="web")
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"application_name": "web", "sslmode": "require", "prepare_threshold": None},
    }


def test_a_database_address_with_a_socket_folder() -> None:
    entry = env.database("postgresql://agora_app@/agora?host=/run/a%20b+c&port=5433")
    assert (entry["USER"], entry["HOST"], entry["PORT"]) == ("agora_app", "/run/a b+c", "5433")


@pytest.mark.parametrize(
    "address", ["mysql://u@h/d", "postgresql://u@h", "postgresql://u@h:port/d", "postgresql://[::/d"]
)
def test_what_is_no_database_address_is_refused(address: str) -> None:
    with pytest.raises(env.SettingInvalid, match="DATABASE_URL"):
        env.database(address)
