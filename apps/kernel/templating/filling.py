"""Fills the tokens of a JSON template from a context, a workflow, allowed environment names and the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from apps.kernel.errors import FieldError
from apps.kernel.expressions.paths import MISSING, Steps, follow
from apps.kernel.expressions.weight import is_storable, weigh
from apps.kernel.templating.errors import InvalidTemplate, TemplateTooLarge
from apps.kernel.templating.tokens import Lookup, Part, TokenError, read_tokens
from apps.kernel.templating.values import NotText, as_text

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 10_000
MAX_SIZE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Sources:
    """Where tokens look: `env` holds allowed names only (see `allowed_env`); `now` is aware."""

    context: dict[str, Any]
    now: datetime
    workflow: dict[str, Any] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def find(self, lookup: Lookup) -> object:
        """Return what stands at the path, or MISSING. A path without a known root starts in the context."""
        root, *rest = lookup.steps
        if root == "context":
            return follow(tuple(rest), self.context)
        if root == "workflow":
            return follow(tuple(rest), self.workflow)
        if root == "env":
            return self.env.get(str(rest[0]), MISSING) if len(rest) == 1 else MISSING
        if lookup.steps == ("now",):
            return self.now.isoformat()
        return follow(lookup.steps, self.context)


def allowed_env(names: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return those of the allowed names that are set."""
    return {name: environ[name] for name in names if name in environ}


def fill(template: Any, sources: Sources) -> Any:
    """Return `template` with every token in its texts filled, through lists and objects; keys stay as they are.

    A text that is one token becomes the value itself, of whatever kind; elsewhere values become text. A path that
    leads nowhere is an error unless the token has a default, which null gets too. Raises InvalidTemplate with all
    complaints, each at the path of its value, and TemplateTooLarge.
    """
    return _Walk(lambda parts: _filled(parts, sources)).result(template)


def check_template(template: Any, *, env_names: Iterable[str] = ()) -> None:
    """Read every token without filling it: the check for when a template is saved.

    Raises InvalidTemplate for tokens that cannot be read and for environment names that are not allowed.
    """
    allowed = frozenset((name,) for name in env_names)
    _Walk(lambda parts: _checked(parts, allowed)).result(template)


def _filled(parts: tuple[Part, ...], sources: Sources) -> object:
    values = [part if isinstance(part, str) else _found(part, sources) for part in parts]
    if len(values) == 1:
        return values[0]
    return "".join([as_text(value) for value in values])


def _found(lookup: Lookup, sources: Sources) -> object:
    value = sources.find(lookup)
    if lookup.has_default and (value is MISSING or value is None):
        return lookup.default
    if value is MISSING:
        raise NotText(f"nothing stands at {lookup}")
    return value


def _checked(parts: tuple[Part, ...], allowed: frozenset[Steps]) -> object:
    for part in parts:
        if isinstance(part, Lookup) and part.steps[0] == "env" and part.steps[1:] not in allowed:
            raise NotText(f"{part} is not among the allowed names")
    return ""


class _Walk:
    """One way through a template; texts with tokens go to `replace`, complaints are collected."""

    def __init__(self, replace: Callable[[tuple[Part, ...]], object]) -> None:
        self.replace = replace
        self.errors: list[FieldError] = []
        self.values = 0
        self.size = 0

    def result(self, template: object) -> object:
        value = self.value(template, "", 0)
        if self.errors:
            raise InvalidTemplate(errors=tuple(self.errors[:100]))
        return value

    def value(self, value: object, at: str, depth: int) -> object:
        self.values += 1
        if self.values > MAX_VALUES:
            raise TemplateTooLarge(limit=MAX_VALUES, unit="values")
        if depth > MAX_DEPTH:
            raise TemplateTooLarge(limit=MAX_DEPTH, unit="levels")
        if isinstance(value, str):
            return self.text(value, at)
        if isinstance(value, (list, tuple)):
            return [self.value(item, f"{at}[{index}]", depth + 1) for index, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self.value(item, _join(at, key), depth + 1) for key, item in value.items()}
        return value

    def text(self, text: str, at: str) -> object:
        self.spend(text)
        try:
            if not is_storable(text):
                raise TokenError("the text has a NUL or half of a surrogate pair")
            if "{{" not in text:
                return text
            value = self.replace(read_tokens(text))
        except TokenError as error:
            self.errors.append(FieldError(at, "bad_token", f"{error}."))
            return None
        except NotText as error:
            self.errors.append(FieldError(at, "not_filled", f"{error}."))
            return None
        self.spend(value)
        return value

    def spend(self, value: object) -> None:
        """Add the size of a value: the same large value inserted many times counts as often."""
        self.size += weigh(value, limit=MAX_SIZE)
        if self.size > MAX_SIZE:
            raise TemplateTooLarge(limit=MAX_SIZE, unit="bytes")


def _join(at: str, key: object) -> str:
    return f"{at}.{key}" if at else f"{key}"
