"""A command's input as the history keeps it: plain JSON, with secrets left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.customs import custom_port

REDACTED = "[redacted]"
CUSTOM = "custom_fields"
ALWAYS_SECRET = ("password", "token", "secret", "api_key", "authorization", "cookie", "card_number", "cvc")
LONGEST_TEXT = 2_000
LONGEST_LIST = 200


class Unkept:
    """Base of arguments that say how to go about it, not what to do: the history leaves them out."""


def stored_input(spec: CommandSpec, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as JSON; long texts and lists are cut and say so."""
    secret = secret_names(spec, arguments)
    kept = {name: value for name, value in arguments.items() if not isinstance(value, Unkept)}
    return {name: _plain(value, name, secret) for name, value in kept.items()}


def secret_names(spec: CommandSpec, arguments: Mapping[str, Any]) -> frozenset[str]:
    """Names whose values are left out: the command's own, and those of the one that it delegates its work to."""
    own = spec.secret | encrypted_names(spec.resource) | _custom_secrets(spec.resource, arguments)
    worker = COMMANDS.get(str(arguments.get(spec.delegates, ""))) if spec.delegates else None
    return own if worker is None else own | secret_names(worker, {}) | _custom_secrets(worker.resource, arguments)


def _custom_secrets(entity: str, arguments: Mapping[str, Any]) -> frozenset[str]:
    """Keys of encrypted custom fields, where values of custom fields are among the arguments."""
    named = arguments.get(CUSTOM) or any(isinstance(item, Mapping) and CUSTOM in item for item in arguments.values())
    return custom_port().secret_keys(entity) if entity and named else frozenset()


def encrypted_names(entity: str) -> frozenset[str]:
    """Names of the encrypted fields of an entity; their values never stand in the history."""
    for model in apps.get_models():
        if entity and getattr(model, "entity_id", "") == entity:
            return frozenset(item.name for item in model._meta.get_fields() if getattr(item, "encrypted", False))
    return frozenset()


def _is_secret(name: str, secret: frozenset[str]) -> bool:
    return name in secret or any(word in name.lower() for word in ALWAYS_SECRET)


def _plain(value: Any, name: str, secret: frozenset[str]) -> Any:
    if value is not None and _is_secret(name, secret):
        return REDACTED
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name), item.name, secret) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, str(key), secret) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return _cut([_plain(item, name, secret) for item in list(value)[: LONGEST_LIST + 1]])
    return _scalar(value)


def _cut(items: list[Any]) -> list[Any]:
    return items if len(items) <= LONGEST_LIST else [*items[:LONGEST_LIST], "…"]


def _scalar(value: Any) -> Any:  # noqa: PLR0911 - one line for each kind of value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | timedelta):
        return str(value)
    return f"[{type(value).__name__}]"
