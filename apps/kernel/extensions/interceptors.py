"""API interceptors: code of other modules before and after the work of a REST view."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from apps.kernel.api.renderers import ENCODER
from apps.kernel.errors import PlatformError
from apps.kernel.extensions.errors import AnswerSpoiled, ExtensionFailed
from apps.kernel.extensions.rooms import room
from apps.kernel.registry.points import ExtensionPoint

logger = logging.getLogger(__name__)

SECONDS: Final = 5.0
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as interceptors see it: who calls stands in the scope.

    `body` is the parsed JSON, which has passed the view's serializer; None for a request without one. `query` maps
    names to texts that nobody has looked at yet. `headers` holds those that the interceptor declares and the caller
    sent, as they came: some servers turn one with letters beyond ASCII into an empty one. `action` is the view's
    (`list`, `partial_update`, `confirm`); `record_id` is None for lists and new records.
    """

    method: str
    path: str
    entity: str
    action: str
    record_id: UUID | None
    query: Mapping[str, Sequence[str]]
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What `before` changes; None leaves as it is. `reason` is kept with the actions that follow."""

    query: Mapping[str, Sequence[str]] | None = None
    body: Mapping[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A success: its status, and its body as plain JSON, which is the interceptor's own copy."""

    status: int
    body: Any


Before = Callable[[Call], Changes | None]
After = Callable[[Call, Answered], Any]


@dataclass(frozen=True, slots=True)
class Interceptor:
    """Stands before and behind views of resources; it reads only.

    `on` is a pattern of entity ids (`currencies.*`), or of paths when it begins with a slash. `before` refuses by
    raising a PlatformError, changes by returning Changes, and lets pass by None. `after` returns the body with
    additions (None: as it is); it may replace fields named in `owns` and those under its own `_<module>`, and nothing
    else. With `features` it stands in the way of those only who hold them all, so one that protects names none.
    `headers` maps names of request headers that it reads to their descriptions.
    """

    id: str
    on: str
    methods: tuple[str, ...] = METHODS
    before: Before | None = None
    after: After | None = None
    priority: int = 0
    features: tuple[str, ...] = ()
    owns: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = SECONDS

    @property
    def own_fields(self) -> frozenset[str]:
        """Fields of an answer that it may replace."""
        return self.owns | {f"_{self.id.partition('.')[0]}"}

    def concerns(self, *, method: str, path: str, entity: str) -> bool:
        """Say whether it stands in the way of such a request."""
        subject = path if self.on.startswith("/") else entity
        return method.replace("HEAD", "GET") in self.methods and fnmatchcase(subject, self.on)


INTERCEPTORS: ExtensionPoint[Interceptor] = ExtensionPoint("API interceptor")


def api_interceptor(interceptor: Interceptor) -> Interceptor:
    """Register an interceptor. Raises ValueError for methods that the REST interface does not know."""
    if strange := set(interceptor.methods) - set(METHODS):
        raise ValueError(f"{interceptor.id} names unknown methods: {', '.join(sorted(strange))}")
    return INTERCEPTORS.add(interceptor.id, interceptor)


def changes_of(interceptor: Interceptor, call: Call) -> Changes:
    """What `before` changes. Raises its refusal, and ExtensionFailed for any other end."""
    before = interceptor.before
    return (_run(interceptor, lambda: before(call)) if before else None) or Changes()


def added_to(interceptor: Interceptor, call: Call, status: int, body: Any) -> Any:
    """The body with what `after` adds. Raises ExtensionFailed where it fails or spoils the answer."""
    after = interceptor.after
    if after is None:
        return body

    def run() -> Any:
        given = after(call, Answered(status, plain(body)))
        if given is None:
            return body
        found, former = plain(given), plain(body)
        demand_additive(former, found, interceptor.own_fields)
        return found

    return _run(interceptor, run)


def _run(interceptor: Interceptor, call: Callable[[], R]) -> R:
    try:
        with room() as place:
            return place.run(interceptor.id, call, seconds=interceptor.seconds)
    except PlatformError:
        raise
    except Exception as error:
        logger.exception("API interceptor failed", extra={"extension": interceptor.id})
        raise ExtensionFailed(extension=interceptor.id) from error


def plain(value: Any) -> Any:
    """The value as JSON has it: a copy that shares nothing. Raises TypeError for what JSON cannot hold."""
    return msgspec.json.decode(ENCODER.encode(value))


def demand_additive(former: Any, found: Any, own: frozenset[str]) -> None:
    """Raise AnswerSpoiled unless everything of the former body but the own fields is there, unchanged.

    Records of a page (`results`) are looked at one by one.
    """
    if not isinstance(former, dict) or not isinstance(found, dict):
        if former != found:
            raise AnswerSpoiled("only objects can be added to")
        return
    for name, value in former.items():
        if name in own:
            continue
        if name not in found:
            raise AnswerSpoiled(f"{name!r} is gone")
        if name == "results" and isinstance(value, list):
            _demand_same_records(value, found[name], own)
        elif found[name] != value:
            raise AnswerSpoiled(f"{name!r} was changed")


def _demand_same_records(former: list[Any], found: Any, own: frozenset[str]) -> None:
    if not isinstance(found, list) or len(found) != len(former):
        raise AnswerSpoiled("there are other records than before")
    for before, after in zip(former, found, strict=True):
        demand_additive(before, after, own)
