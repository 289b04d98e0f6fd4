"""EMAIL_URL and MAIL_FROM: what they accept, and that a refusal shows no password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.notifications.services.checks import check_mail_server
from config import env

HERE = Path("/var/mail-of-tests")
SMTP = "django.core.mail.backends.smtp.EmailBackend"
FILES = "apps.notifications.services.files.FileBackend"
NAMES = (
    "EMAIL_BACKEND",
    "EMAIL_FILE_PATH",
    "EMAIL_HOST",
    "EMAIL_TIMEOUT",
    "DEFAULT_FROM_EMAIL",
    "MAIL_KEPT_DAYS",
    "MAIL_FILES_SHOWN",
)


@pytest.mark.parametrize(
    ("address", "host", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", "mail.example", 25, False, False),
        ("smtp://mail.example/", "mail.example", 25, False, False),
        ("smtp://mail.example:2525/?tls=0", "mail.example", 2525, False, False),
        ("smtp://mail.example/?tls=1", "mail.example", 587, True, False),
        ("smtp://mail.example:587?tls=1", "mail.example", 587, True, False),
        ("smtps://mail.example", "mail.example", 465, False, True),
        ("smtps://[::1]:4465/", "::1", 4465, False, True),
    ],
)
def test_a_mail_server_is_read(address: str, *, host: str, port: int, tls: bool, ssl: bool) -> None:
    assert env.mail(address, folder=HERE) == env.Mail(SMTP, HERE, host, port, "", "", tls, ssl)


def test_user_and_password_are_decoded() -> None:
    found = env.mail("smtp://shop%40example.org:p%2Fa%3As%23s@mail.example:587/?tls=1", folder=HERE)
    assert (found.user, found.password) == ("shop@example.org", "p/a:s#s")
    assert (found.host, found.port, found.use_tls) == ("mail.example", 587, True)


def test_mails_may_go_to_the_console_or_into_files() -> None:
    console, usual = env.mail("console://", folder=HERE), env.mail("file://", folder=HERE)
    assert console.backend == "django.core.mail.backends.console.EmailBackend"
    assert (usual.backend, usual.folder) == ("apps.notifications.services.files.FileBackend", HERE)
    assert env.mail("file:///srv/my%20mail", folder=HERE).folder == Path("/srv/my mail")


@pytest.mark.parametrize(
    "address",
    [
        "hunter2",
        "http://hunter2@mail.example",
        "smtp://",
        "smtp://user:hunter2@",
        "smtp://user@mail.example/hunter2",
        "smtp://user@mail.example",
        "smtp://:hunter2@mail.example",
        "smtp://user:hunter2@mail.example:many/",
        "smtp://user:hunter2@mail.example:99999/",
        "smtp://user:hunter2@mail.example/?tls=yes",
        "smtp://user:hunter2@mail.example/?tls",
        "smtp://user:hunter2@mail.example/?ssl=1",
        "smtps://user:hunter2@mail.example/?tls=1",
        "smtp://user:hunter2@[broken/",
        "file://hunter2/folder",
        "file:///hunter2?x=1",
        "console://hunter2",
    ],
)
def test_what_cannot_be_read_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(env.SettingInvalid) as refusal:
        env.mail(address, folder=HERE)
    assert "EMAIL_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("value", ["shop@example.org", "Shop <shop@example.org>", "Żabka <shop@example.org>"])
def test_a_sender_is_an_address_perhaps_with_a_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MAIL_FROM", value)
    assert env.sender("MAIL_FROM", "x@localhost") == value


@pytest.mark.parametrize(
    "value",
    ["Shop", "shop@", "@example.org", "Shop <>", "Shop <shop@example.org>\nBcc: eve@example.org", "żaba@x.example"],
)
def test_a_sender_that_no_server_would_take_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MAIL_FROM", value)
    with pytest.raises(env.SettingInvalid, match="MAIL_FROM"):
        env.sender("MAIL_FROM", "x@localhost")


def settings_with(**environment: str) -> dict[str, str]:
    """What a fresh process reads from an environment that says this and nothing else of mails."""
    about_mail = ("EMAIL_", "MAIL_", "AGORA_MAIL_", "AGORA_SHOW_", "AGORA_DEBUG")
    rest = {name: value for name, value in os.environ.items() if not name.startswith(about_mail)}
    shown = f"{{name: str(getattr(settings, name)) for name in {NAMES}}}"
    code = f"import json; from config import settings; print(json.dumps({shown}))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={**rest, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, str] = json.loads(answer.stdout)
    return found


def test_without_settings_mails_become_files_below_the_project_and_are_not_shown() -> None:
    assert settings_with() == {
        "EMAIL_BACKEND": "apps.notifications.services.files.FileBackend",
        "EMAIL_FILE_PATH": str(settings.BASE_DIR / "var" / "mail"),
        "EMAIL_HOST": "",
        "EMAIL_TIMEOUT": "10",
        "DEFAULT_FROM_EMAIL": "Agora <agora@localhost>",
        "MAIL_KEPT_DAYS": "90",
        "MAIL_FILES_SHOWN": "False",
    }


def test_settings_come_from_the_environment_and_its_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("smtps://shop:secret@mail.example\n")
    found = settings_with(
        EMAIL_URL_FILE=str(tmp_path / "url"),
        EMAIL_TIMEOUT="3",
        MAIL_FROM="Shop <shop@example.org>",
        AGORA_MAIL_KEPT_DAYS="7",
        AGORA_SHOW_MAIL_FILES="1",
    )
    assert (found["EMAIL_BACKEND"], found["EMAIL_HOST"], found["EMAIL_TIMEOUT"]) == (SMTP, "mail.example", "3")
    assert (found["DEFAULT_FROM_EMAIL"], found["MAIL_KEPT_DAYS"]) == ("Shop <shop@example.org>", "7")
    assert found["MAIL_FILES_SHOWN"] == "True"


@pytest.mark.parametrize(
    ("backend", "shown", "expected"),
    [
        (SMTP, True, []),
        (FILES, False, ["notifications.I001"]),
        (FILES, True, ["notifications.I001", "notifications.W001"]),
        ("django.core.mail.backends.console.EmailBackend", True, ["notifications.I001"]),
    ],
)
def test_a_deployment_is_told_when_mails_reach_nobody(
    settings: Any, backend: str, *, shown: bool, expected: list[str]
) -> None:
    settings.EMAIL_BACKEND, settings.MAIL_FILES_SHOWN = backend, shown
    assert [message.id for message in check_mail_server(None)] == expected
