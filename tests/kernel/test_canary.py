"""Secrets go in by every door of the auth module and come out nowhere: no log, no row, no message, no refusal."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from psycopg import sql

from apps.auth.models import User
from apps.kernel.ids import uuid7
from apps.kernel.limits.valkey import counters_at
from apps.kernel.logs import MaskingFilter, configure_logging, line_formatter
from tests.auth.calls import ADDRESS, ASK, CHANGE, CONFIRM, LOG_IN, REFRESH, bearer, mailed, post, set_state, token_in
from tests.auth.factories import give, make_user
from tests.auth.programs import KEYS, program
from tests.directory.callers import send
from tests.matrix.routes import Route, routes
from tests.support import databases
from tests.support.scopes import House

CARD = "4111 1111 1111 1111"
CARD_DIGITS = CARD.replace(" ", "")
METRICS = "/metrics"


@dataclass
class Canaries:
    """Secrets by name, each of them unique; those that the house makes itself are added as they appear."""

    secrets: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.secrets.setdefault(name, f"cAnArY-{name}-{uuid4().hex}")

    def take(self, answer: Any) -> Any:
        """Keep what a refusal says, and every secret of a success."""
        if answer.status_code >= 400:
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            self.refusals.append(body.decode() + json.dumps(dict(answer.headers)))
        elif answer.content and "json" in answer.get("Content-Type", ""):
            self._keep(answer.json())
        for name, morsel in answer.cookies.items():
            if len(morsel.value) > 20:
                self.secrets[f"cookie {name} {len(self.secrets)}"] = morsel.value
        return answer

    def _keep(self, body: Any) -> None:
        for name in {"access", "refresh", "secret"} & set(body if isinstance(body, dict) else ()):
            # The first part of a key is shown for good, so that people recognise it.
            hidden = body[name].partition(".")[2] if name == "secret" else body[name]
            self.secrets[f"made {name} {len(self.secrets)}"] = hidden

    def found_in(self, text: str) -> list[str]:
        """Names of the secrets that stand in the text, as they are, in hexadecimal or in base 64."""
        return [name for name, secret in self.secrets.items() if any(form in text for form in forms(secret))]


@cache
def forms(secret: str) -> set[str]:
    """The secret as columns and messages may hold it."""
    raw = secret.encode()
    shifted = (base64.b64encode(b"\0" * shift + raw).decode()[4:-4] for shift in range(3))
    return {secret, raw.hex(), *(text for text in shifted if len(text) > 15)}


@pytest.fixture
def canaries() -> Canaries:
    return Canaries({"card": CARD, "card digits": CARD_DIGITS})


@pytest.fixture
def lines() -> Iterator[list[io.StringIO]]:
    """All logging at DEBUG, statements included: in the house's form, and by a handler that masks nothing itself."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    configure_logging()
    streams = [io.StringIO() for _ in range(2)]
    handlers = [logging.StreamHandler(stream) for stream in streams]
    handlers[0].addFilter(MaskingFilter())
    handlers[0].setFormatter(line_formatter(as_json=True))
    levels = {name: logging.getLogger(name).level for name in ("", "django.db.backends", "django", "agora")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    connection.force_debug_cursor = True
    yield streams
    connection.force_debug_cursor = False
    for handler in handlers:
        root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.setLogRecordFactory(factory)


def stored_rows() -> Iterator[tuple[str, str]]:
    """Every row of every table of this test's database, past all walls: table and text."""
    with databases.admin(connection.settings_dict["NAME"]) as superuser:
        tables = superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = superuser.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            for (text,) in rows.fetchall():
                yield table, text


def messages(address: str) -> Iterator[tuple[str, str]]:
    """Everything that lies in Valkey: counters, and messages for workers."""
    counters = counters_at(address)
    client: Any = counters.client if counters is not None else None
    if client is None:
        return
    readers: dict[bytes, Callable[[Any], Any]] = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    for key in client.scan_iter():
        read = readers.get(bytes(client.type(key)))
        yield "Valkey", f"{key!r} {read(key) if read else ''!r}"


def secret_bodies(canaries: Canaries) -> list[Any]:
    """Bodies with a secret in every field that might take one: of the right type, of wrong ones, in unknown fields."""
    names = ("password", "current_password", "new_password", "refresh", "token", "secret", "api_key", "card_number")
    words = {name: canaries[f"sent {name}"] for name in names}
    return [
        {"email": ADDRESS, **words},
        {name: [value] for name, value in words.items()},
        {name: {"value": value} for name, value in words.items()},
        {"email": words["password"], "card": CARD, "note": CARD_DIGITS, "cvc": canaries["sent cvc"]},
        {"email": ADDRESS, "password": canaries["overlong"] * 60},
        list(words.values()),
        canaries["bare text"],
    ]


def knock(canaries: Canaries, route: Route, client: Client) -> None:
    """Call the operation with secrets in the body, in broken bodies, in the query and in headers."""
    address = route.at(uuid7())
    for body in secret_bodies(canaries) if route.method != "get" else ():
        canaries.take(send(client, route.method, address, json.dumps(body), **{"Idempotency-Key": canaries["key"]}))
    broken = f'{{"email": "{ADDRESS}", "password": "{canaries["broken"]}'
    form = f"email={ADDRESS}&password={canaries['form']}&token={canaries['form token']}"
    for content, kind in (
        (broken, "application/json"),
        (form, "application/x-www-form-urlencoded"),
        (canaries["plain body"], "text/plain"),
    ):
        canaries.take(client.generic(route.method.upper(), address, content, content_type=kind))
    query = f"password={canaries['query']}&token={canaries['query token']}&api_key={canaries['query key']}&pan={CARD}"
    canaries.take(client.generic(route.method.upper(), f"{address}?{query.replace(' ', '%20')}"))
    for headers in secret_headers(canaries):
        canaries.take(client.generic(route.method.upper(), address, headers=headers))


def secret_headers(canaries: Canaries) -> list[dict[str, str]]:
    """Headers that carry credentials, none of which is good."""
    return [
        bearer(canaries["bearer"]),
        bearer(f"eyJhbGciOiJIUzI1NiJ9.{canaries['claims']}.{canaries['signature']}"),
        {"Authorization": f"ApiKey mk_abcdefgh.{canaries['api key']}"},
        {"Authorization": f"Basic {base64.b64encode(canaries['basic'].encode()).decode()}"},
        {"X-Api-Key": canaries["other api key"]},
        {"Cookie": f"sessionid={canaries['cookie']}; agora_session={canaries['session']}"},
        {"If-Match": canaries["if-match"], "X-CSRFToken": canaries["csrf"]},
        {"Idempotency-Key": canaries["header key"] * 9},
    ]


def live(canaries: Canaries, house: House, alice: User) -> None:
    """What people do, with everything that they do not want to see again."""
    once = iter(range(1000))

    def said(path: str, body: Any, **headers: str) -> Any:
        key = {"Idempotency-Key": f"{canaries['key']} {next(once)}"}
        return canaries.take(post(Client(), path, body, **{**key, **headers}))

    set_state(house, alice, password=make_password(canaries["password"]))
    assert said(LOG_IN, {"email": ADDRESS, "password": canaries["wrong"]}).status_code == 401
    first = said(LOG_IN, {"email": ADDRESS, "password": canaries["password"]}).json()
    second = said(REFRESH, {"refresh": first["refresh"]}).json()
    change = {"current_password": canaries["password"], "password": canaries["new password"]}
    third = said(CHANGE, change, **bearer(second["access"])).json()
    assert said(REFRESH, {"refresh": first["refresh"]}).status_code == 401
    assert said(CHANGE, change, **bearer(third["access"])).status_code == 400
    keys_and_users(canaries, said, third["access"])
    forgotten(canaries, said)


def keys_and_users(canaries: Canaries, said: Any, access: str) -> None:
    """A key that is made, used, renewed; a user with a password."""
    key = said(KEYS, {"name": "Shop"}, **bearer(access)).json()
    newer = said(f"{KEYS}{key['id']}/rotate/", {}, **bearer(access)).json()
    for secret in (key["secret"], newer["secret"]):
        canaries.take(program(secret).get(KEYS))
        canaries.take(Client().get(f"{KEYS}?key={secret}"))
    body = {"email": "carol@example.org", "name": "Carol", "password": canaries["of carol"]}
    carol = said("/api/auth/users/", body, **bearer(access))
    assert carol.status_code == 201, carol.content
    assert said("/api/auth/users/", {**body, "note": CARD}, **bearer(access)).status_code == 400
    at = f"/api/auth/users/{carol.json()['id']}/set_password/"
    assert said(at, {"password": canaries["set for carol"]}, **bearer(access)).status_code in {200, 204}
    assert said(at, {"password": "short"}, **bearer(access)).status_code == 400


def forgotten(canaries: Canaries, said: Any) -> None:
    """A token by mail, used badly, well, and again."""
    assert said(ASK, {"email": ADDRESS}).status_code == 200
    [letter] = [item for item in mailed() if "/reset/" in str(item.body)]
    canaries.secrets["mailed token"] = token_in(letter)
    proof = {"token": canaries["mailed token"], "password": "short"}
    assert said(CONFIRM, proof).status_code == 400
    assert said(CONFIRM, {**proof, "password": canaries["reset password"]}).status_code == 200
    assert said(CONFIRM, {**proof, "password": canaries["reset password"]}).status_code in {400, 401, 404}
    assert said(LOG_IN, {"email": ADDRESS, "password": canaries["reset password"]}).status_code == 200


def signed_in(canaries: Canaries, house: House, alice: User) -> Client:
    """Alice's browser, whatever was tried at her account before."""
    client = Client()
    set_state(house, alice, failed_attempts=0, lock_count=0, locked_until=None)
    answer = canaries.take(post(client, LOG_IN, {"email": ADDRESS, "password": canaries["reset password"]}))
    assert answer.status_code == 200, answer.content
    return client


@pytest.mark.matrix
@pytest.mark.committed
def test_no_secret_stays_anywhere(
    canaries: Canaries, lines: list[io.StringIO], house: House, settings: LazySettings
) -> None:
    settings.AGORA_METRICS_TOKEN = canaries["metrics token"]
    alice = make_user(house, email=ADDRESS, name="Alice")
    give(house, alice, is_super_admin=True)
    live(canaries, house, alice)
    for route in (item for item in routes() if item.path.startswith("api/auth/")):
        for client in (Client(), signed_in(canaries, house, alice)):
            knock(canaries, route, client)
    for token in (canaries["metrics token"], canaries["bad metrics token"]):
        canaries.take(Client(REMOTE_ADDR="192.0.2.1").get(METRICS, headers=bearer(token)))
    assert len(canaries.refusals) > 200
    assert all("SELECT" in stream.getvalue() and "request" in stream.getvalue() for stream in lines)
    assert leaks(canaries, lines, settings.REDIS_URL) == set()


def leaks(canaries: Canaries, lines: list[io.StringIO], address: str) -> set[tuple[str, str]]:
    """Place and name of every secret that is found where it should not be."""
    texts = [(f"log {number}", stream.getvalue()) for number, stream in enumerate(lines)]
    texts += [("refusal", text) for text in canaries.refusals]
    texts += [*stored_rows(), *messages(address)]
    places: dict[str, list[str]] = {}
    for place, text in texts:
        places.setdefault(place, []).append(text)
    # No form of a secret has a line break, so none comes about where two texts meet.
    return {(place, name) for place, found in places.items() for name in canaries.found_in("\n".join(found))}


def test_the_search_finds_what_is_there(canaries: Canaries) -> None:
    secret = canaries["probe"]
    raw = secret.encode()
    for text in (
        f"x {secret} y",
        f"\\x00{raw.hex()}00",
        *(base64.b64encode(b"a" * shift + raw + b"tail").decode() for shift in range(3)),
    ):
        assert canaries.found_in(text) == ["probe"], text
    assert canaries.found_in("nothing of the kind") == []


@pytest.mark.committed
def test_the_search_looks_into_rows_logs_and_refusals(
    canaries: Canaries, lines: list[io.StringIO], house: House, settings: LazySettings
) -> None:
    make_user(house, email=ADDRESS, name=canaries["name"])
    logging.getLogger("agora.test").debug("plain %s", canaries["logged"])
    canaries.refusals.append(canaries["answered"])
    found = leaks(canaries, lines, settings.REDIS_URL)
    assert {("staff_user", "name"), ("refusal", "answered")} <= found
    assert {(f"log {number}", "logged") for number in range(2)} <= found
