"""The files of deploy/ and what they run agree: settings, queues, addresses, secrets, and what is closed."""

from __future__ import annotations

import ast
import configparser
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from apps.kernel.crypto.keks import parse_keks
from apps.kernel.limits.middleware import STREAM
from apps.kernel.tenancy.wall import APP_ROLE, OWNER_ROLE
from apps.kernel.web import health
from apps.kernel.web.metrics import exposition
from apps.kernel.work.kinds import queues
from config import env

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
HARDENED: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.hardened.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: item for name, item in SERVICES.items() if "agora" in item["image"]}
UNITS = DEPLOY / "systemd"
COMMON = UNITS / "agora-.service.d" / "common.conf"
NGINX = (DEPLOY / "nginx" / "nginx.conf").read_text()
# Of the machine and not of Agora.
FOREIGN = {"PYTHONUNBUFFERED", "CHILDREN"}
BROUGHT = {"tls_certificate", "tls_key"}
SETTING = re.compile(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)


def read_by_settings() -> Iterator[tuple[str, str, str | None]]:
    """Name, reader and written default of each variable in config/settings.py; None for a default that is computed."""
    for node in ast.walk(ast.parse((ROOT / "config" / "settings.py").read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first = node.args[0]
        if ast.unparse(node.func.value) != "env" or not isinstance(first, ast.Constant):
            continue
        given = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "default")]
        yield str(first.value), node.func.attr, _written(given[0]) if given else ""


def _written(node: ast.expr) -> str | None:
    if not isinstance(node, ast.Constant):
        return None
    return str(int(node.value)) if isinstance(node.value, bool) else str(node.value)


READ = {name: (reader, default) for name, reader, default in read_by_settings()}
SECRET = {name for name, (reader, _) in READ.items() if reader == "secret"}
EXAMPLE = dict(SETTING.findall((DEPLOY / "env.example").read_text()))


def named(variable: str) -> str:
    """The setting behind a variable: its own name, or that of the secret whose file it names."""
    base = variable.removesuffix("_FILE")
    return base if base in SECRET else variable


def unit(path: Path) -> list[tuple[str, str]]:
    """Words of a unit's [Service], repeated ones too."""
    lines = path.read_text().partition("[Service]")[2].splitlines()
    return [(name, value) for name, found, value in (line.partition("=") for line in lines) if found and name[0] != "#"]


def unit_variables(path: Path) -> dict[str, str]:
    words = [word for name, value in unit(path) if name == "Environment" for word in value.split()]
    return dict(word.split("=", 1) for word in words)


def test_every_variable_of_the_settings_stands_in_the_example_and_no_other() -> None:
    assert {named(name) for name in EXAMPLE} == set(READ)
    assert len(READ) > 30


def test_the_example_shows_the_defaults() -> None:
    shown = {name: value for name, value in EXAMPLE.items() if named(name) == name}
    mine = {"AGORA_ALLOWED_HOSTS", "AGORA_BASE_URL", "MAIL_FROM"}
    computed = {name: READ[name][1] for name in shown if READ[name][1] is not None and name not in mine}
    assert {name: shown[name] for name in computed} == computed


def test_secrets_come_from_files_only() -> None:
    assert {name for name in EXAMPLE if name in SECRET} == set()
    for name, item in OURS.items():
        assert [word for word in item.get("environment", {}) if word in SECRET] == [], name


@pytest.mark.parametrize("name", OURS)
def test_a_service_gets_settings_that_exist_and_the_secrets_that_they_name(name: str) -> None:
    given = OURS[name].get("environment", {})
    assert {named(word) for word in given} <= set(READ)
    paths = {value.removeprefix("/run/secrets/") for word, value in given.items() if word.endswith("_FILE")}
    assert paths == set(OURS[name]["secrets"])


def test_only_who_needs_them_gets_the_addresses_of_owner_and_superuser() -> None:
    holders = {
        secret: {name for name, item in SERVICES.items() if secret in item.get("secrets", ())}
        for secret in ("database_admin_url", "database_owner_url", "postgres_password")
    }
    assert holders == {
        "database_admin_url": {"provision"},
        "database_owner_url": {"provision", "migrate"},
        "postgres_password": {"postgres"},
    }


def worker_queues(commands: Iterator[list[str]]) -> list[str]:
    return sorted(words[words.index("-Q") + 1] for words in commands if "worker" in words)


def test_each_queue_has_one_worker_and_there_is_one_beat() -> None:
    commands = [item["command"] for item in OURS.values()]
    assert worker_queues(iter(commands)) == sorted(queues())
    assert sum("beat" in words for words in commands) == 1
    wanted = (UNITS / "agora.target").read_text()
    assert sorted(re.findall(r"agora-worker@(\w+)\.service", wanted)) == sorted(queues())


def test_the_commands_are_those_of_both_ways() -> None:
    units = {path.stem: dict(unit(path))["ExecStart"] for path in UNITS.glob("*.service")}
    for name in ("web", "stream", "beat"):
        mine = [word for word in OURS[name]["command"] if not re.fullmatch(r"[\d.]+", word)]
        theirs = units[f"agora-{name}"].removeprefix("/srv/agora/.venv/bin/").split()
        assert mine == [word for word in theirs if not re.fullmatch(r"[\d.]+", word)]


def test_health_is_asked_at_addresses_that_there_are() -> None:
    asked = re.findall(r"/health/\w+", (DEPLOY / "compose.yaml").read_text() + NGINX)
    assert set(asked) == {health.LIVE, health.READY}


def test_the_proxy_keeps_operators_pages_in_and_streams_apart() -> None:
    places = dict(re.findall(r"location (?:= )?(\S+) \{\n(.*?)\n        \}", NGINX, re.DOTALL))
    assert {path for path, words in places.items() if "return 404" in words} == {exposition.PATH, health.READY}
    assert "proxy_buffering off" in places[STREAM]
    assert "agora_stream" in places[STREAM]
    assert settings.STATIC_URL in places
    upstreams = [(DEPLOY / "nginx" / f"upstreams.{name}.conf").read_text() for name in ("compose", "local")]
    assert {tuple(re.findall(r"upstream (\w+)", text)) for text in upstreams} == {("agora_web", "agora_stream")}


def test_secrets_are_declared_and_made() -> None:
    used = {secret for item in SERVICES.values() for secret in item.get("secrets", ())}
    loaded = {value.partition(":")[0] for path in units() for name, value in unit(path) if name == "LoadCredential"}
    assert used == set(COMPOSE["secrets"])
    assert all(item == {"file": f"secrets/{name}"} for name, item in COMPOSE["secrets"].items())
    assert loaded <= used


def units() -> list[Path]:
    return [COMMON, *UNITS.glob("*.service")]


@pytest.mark.parametrize("path", units(), ids=lambda path: path.name)
def test_a_unit_can_be_read_and_names_settings_and_credentials_that_exist(path: Path) -> None:
    configparser.RawConfigParser(strict=False).read_string(path.read_text())
    variables = unit_variables(path)
    assert {named(word) for word in variables} - FOREIGN <= set(READ)
    loaded = {value.partition(":")[0] for name, value in unit(path) if name == "LoadCredential"}
    assert {value.removeprefix("%d/") for word, value in variables.items() if word.endswith("_FILE")} == loaded


def test_units_are_run_without_rights() -> None:
    words = dict(unit(COMMON))
    for name in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "RestrictNamespaces", "LockPersonality"):
        assert words[name] == "yes"
    assert (words["ProtectSystem"], words["CapabilityBoundingSet"], words["User"]) == ("strict", "", "agora")


@pytest.mark.parametrize("name", SERVICES)
def test_a_hardened_service_is_closed(name: str) -> None:
    item = HARDENED["services"][name]
    assert item["read_only"] is True
    assert item["cap_drop"] == ["ALL"]
    assert item["security_opt"] == ["no-new-privileges:true"]
    assert not item["user"].startswith(("0", "root"))
    assert item["mem_limit"]
    assert item["pids_limit"]
    assert item["networks"]


def test_only_the_proxy_is_reachable() -> None:
    assert {name for name, item in SERVICES.items() if "ports" in item} == {"proxy"}
    networks = HARDENED["networks"]
    assert {name for name, item in networks.items() if (item or {}).get("internal")} == {"front", "data"}
    outside = {name for name, item in HARDENED["services"].items() if "outside" in item["networks"]}
    assert outside == {"proxy", "worker-work", "worker-events", "worker-webhooks"}
    assert set(HARDENED["services"]) == set(SERVICES)


def test_the_image_copies_what_there_is() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name for words in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE) for name in words.split()}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    assert "USER agora" in text


def make_secrets(folder: Path) -> str:
    words = [sys.executable, "tools/make_secrets.py", str(folder), "--postgres", "db:5433"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_secrets_are_made_once_and_fit(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder)
    made = {path.name: path.read_text().strip() for path in folder.iterdir()}
    assert set(made) == set(COMPOSE["secrets"]) - BROUGHT
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(parse_keks(made["kek"])) == 1
    users = [env.database(made[f"database_{name}url"])["USER"] for name in ("", "owner_", "admin_")]
    assert users == [APP_ROLE, OWNER_ROLE, SERVICES["postgres"]["environment"]["POSTGRES_USER"]]
    assert env.database(made["database_admin_url"])["PASSWORD"] == made["postgres_password"]
    assert made["valkey_password"] in made["redis_url"]
    assert "kept" in make_secrets(folder)
    assert {path.name: path.read_text().strip() for path in folder.iterdir()} == made
