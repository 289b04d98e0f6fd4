"""No secret reaches a log line: canaries go through every door of logging and are sought in the output."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from apps.kernel.logs import (
    PATTERNS,
    MaskingFilter,
    configure_logging,
    line_formatter,
    masked_record,
    masked_text,
    masked_value,
)

CANARY = "cAnaRy-5Qx"
CARD = "4111111111111111"

Lines = Callable[[], str]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The house's handler on the root logger, writing into memory."""
    root, factory, stream = logging.getLogger(), logging.getLogRecordFactory(), io.StringIO()
    level, handler = root.level, logging.StreamHandler(stream)
    configure_logging()
    handler.addFilter(MaskingFilter())
    handler.setFormatter(line_formatter(as_json=True))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)
    logging.setLogRecordFactory(factory)


@dataclass
class Credentials:
    """A repr that shows its secret."""

    password: str = CANARY


STRUCTURES: list[Any] = [
    {"password": CANARY},
    {"a": [{"b": ({"Api-Key": CANARY},)}]},
    {"headers": [("Authorization", f"Bearer {CANARY}"), ("X-Api-Key", CANARY)]},
    {"headers": [(b"cookie", CANARY.encode())]},
    {b"set-cookie": CANARY},
    {"new_password2": CANARY, "csrfmiddlewaretoken": CANARY},
    {"accessToken": {"value": CANARY}, "client_secret": [CANARY]},
    {"body": f'{{"refresh_token": "{CANARY}"}}'},
    {"url": f"https://user:{CANARY}@example.com/"},
    {"raw": f"secret={CANARY}".encode()},
    {"credentials": Credentials()},
    {f"token={CANARY}": 1},
]

TEXTS = [
    f"password={CANARY}",
    f"password: {CANARY}, next",
    f"PASSWORD => '{CANARY} and more'",
    f'{{"password": "{CANARY}\\" {CANARY}"}}',
    f"{{'client_secret': '{CANARY}', 'n': 1}}",
    json.dumps(json.dumps({"api_key": f"x {CANARY}"})),
    f"Authorization: Basic {CANARY}, {CANARY}",
    f"authorization=Token {CANARY}",
    f"Cookie: a={CANARY}; b={CANARY}",
    f"[(b'Set-Cookie', b'sid={CANARY}; Path=/')]",
    f"sent Bearer {CANARY}abc",
    f"GET /cb?code=1&access_token={CANARY}&x=2",
    f"postgresql://agora:{CANARY}@db/agora",
    f"redis://:{CANARY}@cache/0",
    f"Credentials(user='x', password='{CANARY}')",
    f"whsec_{CANARY}abcdef",
    f"mk_abcd1234.{'a' * 24}{CANARY.replace('-', '')}",
    f"eyJhbGciOiJI.{CANARY}.{CANARY}",
    f"-----BEGIN EC PRIVATE KEY-----\n{CANARY}\n-----END EC PRIVATE KEY-----",
    f"session_key={CANARY}",
]


@pytest.mark.parametrize("structure", STRUCTURES)
def test_structures_are_masked_in_structlog_and_in_plain_logging(lines: Lines, structure: Any) -> None:
    structlog.get_logger("agora.test").info("event", detail=structure, api_key=CANARY)
    logging.getLogger("agora.test").info("event %s", structure)
    logging.getLogger("agora.test").info("event", extra={"detail": structure, "token": CANARY})
    written = lines()
    assert (written.count("\n"), CANARY in written) == (3, False)


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_masked_as_message_argument_value_and_exception(lines: Lines, text: str) -> None:
    logger = logging.getLogger("agora.test")
    logger.info(text.replace("%", "%%"))
    logger.info("got %s", text)
    structlog.get_logger("agora.test").info("event", detail=text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("failed")
        structlog.get_logger("agora.test").exception("failed")
    written = lines()
    assert (written.count('"timestamp"'), CANARY in written) == (5, False)


@pytest.mark.parametrize(
    "name", ["", "django.request", "django.server", "celery.task", "celery.worker", "httpx", "granian.access"]
)
def test_every_logger_is_masked(lines: Lines, name: str) -> None:
    logging.getLogger(name).error("password=%s", CANARY)
    written = lines()
    assert (written.count("password=***"), CANARY in written) == (1, False)


def test_a_handler_that_others_install_gets_masked_records_too(lines: Lines) -> None:
    seen: list[str] = []

    class Foreign(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(logging.Formatter("%(message)s").format(record))

    logger, handler = logging.getLogger("agora.foreign"), Foreign()
    logger.addHandler(handler)
    try:
        raise ValueError(f"token={CANARY}")
    except ValueError:
        logger.exception("secret=%s", CANARY)
    logger.removeHandler(handler)
    assert len(seen) == 1
    assert "ValueError: token=***" in seen[0]
    assert CANARY not in seen[0] + lines()


@pytest.mark.parametrize(
    "shown",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "6011000990139424",
        "5555555555554444",
    ],
)
def test_card_numbers_are_masked(shown: str) -> None:
    assert masked_text(f"paid with {shown}.") == "paid with ***."
    assert masked_value([int(shown.replace(" ", "").replace("-", ""))]) == ["***"]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "1763833442123456",
        "0199a3f2-4111-7111-8111-111111111111",
        "0.4111111111111111",
        "2026-11-22 17:44:00.123456",
        "order 1234567890123",
        "the password was changed",
        "token refreshed",
        "basic settings",
        "bearer of news",
        "https://example.com/a@b",
        "GET /api/sales/orders/?page=2 200",
        "monkey=banana",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert masked_text(text) == text


def test_harmless_values_are_left_alone() -> None:
    harmless = {
        "n": 1,
        "ok": True,
        "password": None,
        "has_token": True,
        "secret": "",
        "at": 1.5,
        "pair": ("a", "b"),
    }
    assert masked_value(harmless) == harmless


def test_a_number_argument_keeps_its_format(lines: Lines) -> None:
    logging.getLogger("agora.test").info("%d rows in %.2f s, card %d", 3, 0.5, int(CARD))
    assert json.loads(lines())["event"] == "3 rows in 0.50 s, card ***"


def test_the_settings_dict_sets_up_one_masked_handler_for_all_loggers() -> None:
    program = (
        "import logging, logging.config, structlog\n"
        "from apps.kernel.logs import configure_logging\n"
        "logging.config.dictConfig(configure_logging(level='INFO'))\n"
        f"logging.getLogger('django.server').info('token=%s', '{CANARY}')\n"
        f"structlog.get_logger('x').warning('event', password='{CANARY}')\n"
        "logging.getLogger('x').debug('quiet')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [(event["event"], event["level"], event["logger"]) for event in events] == [
        ("token=***", "info", "django.server"),
        ("event", "warning", "x"),
    ]
    assert (events[1]["password"], ran.stdout) == ("***", "")


def test_a_structure_without_end_is_cut(lines: Lines) -> None:
    endless: dict[str, Any] = {"password": CANARY}
    endless["self"] = endless
    structlog.get_logger("agora.test").info("event", detail=endless)
    assert CANARY not in lines()


def test_the_text_format_for_people_is_masked_too() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "password=%s", (CANARY,), None)
    assert "password=***" in line_formatter(as_json=False).format(record)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@example(value=4503430288971065.0, text="")
@example(value=None, text="TOKEN=")
@example(value={"n": -4111111111111111}, text="")
@given(json_values, st.text())
def test_a_line_is_json_whatever_is_logged(value: Any, text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "token='%s", (text,), None)
    record.detail = {"value": value, "cookie": text, "body": json.dumps({"secret": text}), "text": text}
    masked_record(record)
    assert json.loads(line_formatter(as_json=True).format(record))["logger"] == "x"


@given(
    st.lists(st.sampled_from(["a", 0, ("x",)]), max_size=5),
    st.sampled_from(["password", "X-API-Key", "oauth_token", "clientSecret", "Set-Cookie", "card number", "pin"]),
)
def test_a_secret_is_found_at_any_depth(path: list[Any], key: str) -> None:
    value: Any = {key: CANARY}
    for step in path:
        value = {"a": value} if step == "a" else [value] if step == 0 else (1, value, 2)
    assert CANARY not in repr(masked_value(value))


PIECES = (
    *("password", "Passwd", "passphrase", "PWD", "secret", "Token", "api-key", "APIKEY", "credential", "private_key"),
    *("access key", "Session-Id", "sessionkey", "card number", "cardno", "pepper", "cvv", "CVC", "authorization"),
    *("Cookie", "Bearer ", "basic ", "https://", "eyJ", "mk_", "whsec_", "sk_live-", "sk_test_", "rk_live_", "ghp_"),
    *(
        "xoxb-",
        "-----BEGIN RSA PRIVATE KEY-----",
        "=",
        ": ",
        '"',
        "\\'",
        "@",
        ".",
        " ",
        "\n",
        "\u017f",
        "\u0131",
        "\u212a",
    ),
    *("abcdef12", "0123456789abcdefABCDEF", "ecret", "to", "ey"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_pattern_that_is_passed_over_would_have_found_nothing(text: str) -> None:
    known = text.lower()
    for pattern, words in PATTERNS.items():
        assert not text.isascii() or not pattern.search(text) or any(word in known for word in words)


@pytest.mark.parametrize("word", [piece for piece in PIECES if piece.isascii() and piece.strip().isalpha()])
def test_letters_that_are_taken_for_others_hide_no_key(word: str) -> None:
    """Where case is ignored, a long s is an s and the sign of Kelvin a k."""
    odd = word.replace("s", "\u017f").replace("k", "\u212a")
    separator = "" if word.endswith(" ") else "="
    if any(pattern.search(f"{word}{separator}{CANARY}1234567") for pattern in PATTERNS):
        assert CANARY not in masked_text(f"{odd}{separator}{CANARY}1234567")


@pytest.mark.parametrize(
    "text",
    [
        "password" * 20_000,
        "token='" + "\\" * 100_000,
        "4 " * 50_000,
        "cookie='" * 12_000,
        "eyJaaaaaa." * 10_000,
    ],
)
def test_long_texts_take_linear_time(text: str) -> None:
    started = time.perf_counter()
    masked_text(text)
    assert time.perf_counter() - started < 2
