"""Logging of the whole house: one format, and no secret in any line of any logger.

Secrets are taken out by key in structures, by pattern in texts, and by pattern in what `str` makes of other objects.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import structlog

MASK = "***"

_WORDS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "cookie",
    "apikey",
    "credential",
    "privatekey",
    "accesskey",
    "sessionid",
    "sessionkey",
    "cardnumber",
    "pepper",
)
_WHOLE_KEYS = frozenset({"pwd", "pin", "cvv", "cvc", "otp", "kek", "jwt", "pan", "auth"})
_DEEPEST = 12

# In a text a key may stand in JSON, in a repr, in a query string or in a header line, bare or quoted, and
# quotes may be escaped again. No pattern repeats over an unbounded prefix, so each is linear.
_QUOTE = r"\\{0,8}[\"']"
_SEPARATOR = rf"(?:{_QUOTE})?\s{{0,8}}(?:=>|[:=]|,(?=\s{{0,8}}b?{_QUOTE}))\s{{0,8}}b?"
_QUOTED = (
    r"\"(?:[^\"\\\r\n]|\\.)*\"?|'(?:[^'\\\r\n]|\\.)*'?"
    r"|(?P<escaped>\\{1,8}[\"'])(?:(?!(?P=escaped))[^\r\n])*(?P=escaped)?"
)
_KEY_AND_VALUE = re.compile(
    r"(?P<key>(?i:password|passwd|passphrase|pwd|secret|token|api[ _-]?key|credential|private[ _-]?key"
    r"|access[ _-]?key|session[ _-]?(?:id|key)|card[ _-]?(?:number|no)|pepper|cvv|cvc)[\w-]{0,40}"
    rf"{_SEPARATOR})(?P<value>{_QUOTED}|[^\s\"'\\,;&)}}\]]+)"
)
_HEADER = re.compile(rf"(?P<key>(?i:authorization|cookie){_SEPARATOR})(?P<value>{_QUOTED}|[^\r\n\"'\\]+)")
_OPENING = re.compile(_QUOTE)
# In the order in which they are searched for, each with what stands in lower case wherever it is found: looking for
# those words first makes a line several times cheaper.
PATTERNS: dict[re.Pattern[str], tuple[str, ...]] = {
    _HEADER: ("authorization", "cookie"),
    _KEY_AND_VALUE: (
        *("passw", "passphrase", "pwd", "secret", "token", "key", "credential", "session", "card", "pepper"),
        *("cvv", "cvc"),
    ),
    re.compile(r"(?P<key>-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)(?:[\sA-Za-z\d+/=:,-]|\\{1,8}[nr])+"): (
        "private key",
    ),
    re.compile(r"(?P<key>\b(?i:bearer)\s{1,8})[\w.~+/=-]{6,}"): ("bearer",),
    re.compile(r"(?P<key>\b(?i:basic)\s{1,8})(?=[A-Za-z+/]*[\d=])[A-Za-z\d+/]{6,}={0,2}"): ("basic",),
    re.compile(r"(?P<key>://)[^\s/@\"']{1,1024}@"): ("://",),
    re.compile(r"(?P<key>\beyJ)[\w-]{6,}\.[\w-]+\.[\w-]*"): ("eyj",),
    re.compile(r"(?P<key>\bmk_[0-9A-Za-z]{8}\.)[0-9A-Za-z]{20,}"): ("mk_",),
    re.compile(r"(?P<key>\b(?:whsec|sk_live|sk_test|rk_live|gh[pousr]|xox[abeprs])[_-])[\w+/=-]{8,}"): (
        *("whsec", "sk_live", "sk_test", "rk_live", "ghp", "gho", "ghu", "ghs", "ghr", "xox"),
    ),
}
_CARD = re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?!\w)")
# What most values of a line are: words, ids of the house and times. No pattern above can be found in them.
_HARMLESS = re.compile(r"[a-z]{1,24}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{4}-\d\d-\d\dT[\d:.]{5,15}Z?")
_NAME = re.compile(r"(?!whsec|sk_|rk_|gh[pousr]_|xox)[a-z]{1,20}(?:_[a-z]{1,7}){0,3}")
_SHORTEST_CARD = 10**11
_CARD_STARTS = re.compile(r"4|5[0-8]|2[2-7]|3[0-9]|6")


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor: the event without its secrets."""
    masked: dict[str, Any] = masked_value(dict(event))
    return masked


def masked_value(value: Any, *, depth: int = 0) -> Any:
    """Return `value` without secrets: values under secret keys are hidden whole, texts are searched."""
    if not isinstance(value, Mapping | list | tuple | set | frozenset):
        return _masked_atom(value)
    if depth > _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        return {_masked_key(key): _under(key, item, depth=depth + 1) for key, item in value.items()}
    return _masked_items(value, depth=depth + 1)


def _masked_atom(value: Any) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float | bytes | bytearray):
        return value
    if isinstance(value, int | float) and abs(value) < _SHORTEST_CARD:
        return value
    text = str(value) if isinstance(value, int | float) else value.decode("latin-1")
    masked = masked_text(text)
    return value if masked == text else masked


def masked_text(text: str) -> str:
    """Return `text` without values of secret keys, credentials in headers and URLs, tokens, card numbers."""
    if _HARMLESS.fullmatch(text):
        return text
    # Letters beyond ASCII may be taken for others where case is ignored, so there nothing is passed over.
    known = text.lower() if text.isascii() else None
    for pattern, words in PATTERNS.items():
        if known is None or any(word in known for word in words):
            text = pattern.sub(_keep_key, text)
    return _CARD.sub(_hide_card, text)


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Tell whether a value under `key` is a secret by the name of the key."""
    bare = re.sub(r"[^a-z]", "", key[:200].lower())
    return bare in _WHOLE_KEYS or any(word in bare for word in _WORDS)


def _masked_key(key: Any) -> Any:
    if key is None or isinstance(key, bool | int | float):
        return key
    text = key.decode("latin-1") if isinstance(key, bytes) else str(key)
    return text if _NAME.fullmatch(text) else masked_text(text)


def _under(key: Any, value: Any, *, depth: int) -> Any:
    if isinstance(key, bytes):
        key = key.decode("latin-1")
    if isinstance(key, str) and is_secret_key(key):
        return value if value is None or isinstance(value, bool) or value in ("", b"") else MASK
    return masked_value(value, depth=depth)


def _masked_items(items: Any, *, depth: int) -> Any:
    if len(items) == 2 and isinstance(items, list | tuple) and isinstance(items[0], str | bytes):
        # Headers come as pairs of name and value.
        pair = (masked_value(items[0], depth=depth), _under(items[0], items[1], depth=depth))
        return pair if isinstance(items, tuple) else list(pair)
    masked = [masked_value(item, depth=depth) for item in items]
    return tuple(masked) if isinstance(items, tuple) else masked


def _keep_key(found: re.Match[str]) -> str:
    opening = _OPENING.match(found.groupdict().get("value") or "")
    quote = opening[0] if opening else ""
    return f"{found['key']}{quote}{MASK}{quote}"


def _hide_card(found: re.Match[str]) -> str:
    digits = [int(character) for character in found[0] if character.isdigit()]
    doubled = [digit if place % 2 == 0 else digit * 2 for place, digit in enumerate(reversed(digits))]
    is_card = sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0
    return MASK if is_card and _CARD_STARTS.match(found[0]) else found[0]


_OWN_ATTRIBUTES = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime"}


def masked_record(record: logging.LogRecord) -> logging.LogRecord:
    """Take the secrets out of the message, the arguments and the traceback of `record`."""
    if isinstance(record.msg, Mapping):
        record.msg = masked_value(record.msg)
    else:
        _fold_arguments(record)
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = masked_text(logging.Formatter().formatException(record.exc_info))
    if record.stack_info:
        record.stack_info = masked_text(record.stack_info)
    return record


def _fold_arguments(record: logging.LogRecord) -> None:
    given = record.args
    for arguments in (masked_value(given), given):
        record.args = arguments
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # A masked number does not fit %d, so the bare arguments get a chance too.
            continue
        record.msg, record.args = masked_text(message), ()
        return
    # The format fits nothing; the handler will complain and print what it has.
    record.msg, record.args = masked_text(str(record.msg)), masked_value(given)


class MaskingFilter(logging.Filter):
    """For handlers: lets every record pass, without its secrets and those in its `extra`."""

    def filter(self, record: logging.LogRecord) -> bool:
        masked_record(record)
        for name, value in vars(record).items():
            if name not in _OWN_ATTRIBUTES:
                setattr(record, name, _under(name, value, depth=0))
        return True


def configure_logging(*, level: str = "INFO", as_json: bool = True) -> dict[str, Any]:
    """Set structlog up and return the dict for `settings.LOGGING`; its one handler writes to standard error.

    Records are masked where they are made too, so that handlers which Celery, a server or a test installs by
    itself get nothing secret either.
    """
    logging.setLogRecordFactory(lambda *args, **kwargs: masked_record(logging.LogRecord(*args, **kwargs)))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_ENRICHED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"masking": {"()": "apps.kernel.logs.MaskingFilter"}},
        "formatters": {"line": {"()": "apps.kernel.logs.line_formatter", "as_json": as_json}},
        "handlers": {
            "standard_error": {
                "class": "logging.StreamHandler",
                "filters": ["masking"],
                "formatter": "line",
            }
        },
        "root": {"handlers": ["standard_error"], "level": level},
        # Django gives this one a handler of its own, which would print each line twice.
        "loggers": {"django.server": {"handlers": [], "propagate": True}},
    }


_ENRICHED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    mask,
]


def line_formatter(*, as_json: bool) -> logging.Formatter:
    """The formatter of `configure_logging`: JSON for machines, coloured text for people."""
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    # Patterns must not run over a finished JSON line: a secret's end could be taken for a quote of the syntax.
    render: list[Any] = [_json_line] if as_json else [console, _masked_line]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_with_extra, *_ENRICHED],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask, *render],
    )


def _with_extra(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # structlog's own adder also takes what the formatters of other handlers leave on the record.
    given = vars(event["_record"]).items()
    return {**{name: value for name, value in given if name not in _OWN_ATTRIBUTES}, **event}


def _json_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, default=lambda value: masked_text(str(value)), ensure_ascii=False)


def _masked_line(_logger: Any, _method: str, line: Any) -> str:
    return masked_text(str(line))
