"""Hooks: other modules' say in a calculation, in process, while it runs. Nothing is stored and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise

from apps.kernel.commands.forbidding import read_only
from apps.kernel.errors import PlatformError
from apps.kernel.eventbus.patterns import NAME
from apps.kernel.registry.points import ExtensionPoint
from apps.kernel.registry.store import Registry

Text = str | Promise
Noted = Callable[[str, Any, Any], None]
GivenT = TypeVar("GivenT")
AnswerT = TypeVar("AnswerT")


class HookAnswerInvalid(PlatformError):
    """A handler returned something that the hook does not take: a fault of the program."""

    status = 500
    code = "kernel.hook.invalid_answer"
    message = "The handler {handler} of {hook} returned {returned}, which is not {wanted}."


@dataclass(frozen=True, slots=True)
class Answered(Generic[AnswerT]):
    """What a `before` handler returns to answer in place of the calculation."""

    answer: AnswerT


@dataclass(frozen=True, slots=True)
class HookHandler:
    """One module's say; higher `priority` goes first, ties by id."""

    id: str
    hook: str
    priority: int
    handler: Callable[..., Any]
    features: tuple[str, ...] = ()  # a calculation comes to the same for everybody, so none is asked for


HANDLERS: ExtensionPoint[HookHandler] = ExtensionPoint("hook handler")


class Hook(Generic[GivenT, AnswerT]):
    """A calculation that others may change before and after. It runs once for a batch, not once for a row."""

    def __init__(self, name: str, given: type[GivenT], answer: type[AnswerT], label: Text) -> None:
        self.name = name
        self.given = given
        self.answer = answer
        self.label = label or name

    def run(self, given: GivenT, calculate: Callable[[GivenT], AnswerT], *, noted: Noted = lambda *_: None) -> AnswerT:
        """Ask the `before` handlers, calculate unless one of them answered, and ask the `after` handlers.

        `noted` hears of each handler's id, what it was given and what there is after it: other input, or an answer.
        A handler that raises stops the calculation: a wrong answer is worse than none. Raises HookAnswerInvalid.
        """
        answered: Answered[AnswerT] | None = None
        for item in handlers_of(f"{self.name}.before"):
            former = given
            given, answered = self._before(item, given)
            noted(item.id, former, given if answered is None else answered.answer)
            if answered is not None:
                break
        answer = calculate(given) if answered is None else answered.answer
        for item in handlers_of(f"{self.name}.after"):
            former_answer, answer = answer, self._after(item, given, answer)
            noted(item.id, former_answer, answer)
        return answer

    def _before(self, item: HookHandler, given: GivenT) -> tuple[GivenT, Answered[AnswerT] | None]:
        with read_only(item.id):
            said = item.handler(given)
        if isinstance(said, Answered):
            return given, Answered(self._checked(item, said.answer, self.answer))
        return (given if said is None else self._checked(item, said, self.given)), None

    def _after(self, item: HookHandler, given: GivenT, answer: AnswerT) -> AnswerT:
        with read_only(item.id):
            said = item.handler(given, answer)
        return answer if said is None else self._checked(item, said, self.answer)

    def _checked(self, item: HookHandler, said: Any, wanted: type[Any]) -> Any:
        if isinstance(said, wanted):
            return said
        raise HookAnswerInvalid(handler=item.id, hook=self.name, returned=type(said).__name__, wanted=wanted.__name__)


HOOKS: Registry[Hook[Any, Any]] = Registry("hook")


def hook(name: str, *, given: type[GivenT], answer: type[AnswerT], label: Text = "") -> Hook[GivenT, AnswerT]:
    """Declare a hook in the module's `events.py`: `catalog.pricing.resolve` has a `.before` and an `.after`."""
    if not NAME.fullmatch(name) or name.count(".") < 2:
        raise ValueError(f"{name!r} is not `<module>.<thing>.<calculation>`")
    return HOOKS.add(name, Hook(name, given, answer, label))


def hook_handler(
    moment: str,
    *,
    id: str,
    priority: int = 0,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a handler of `<hook>.before` or `<hook>.after`, in the module's `subscribers.py`.

    `before(given)` returns other input, `Answered(…)`, or None to let it be; `after(given, answer)` returns another
    answer or None. It may read and never writes. A hook of a module that is not installed never asks.
    """
    if not moment.endswith((".before", ".after")):
        raise ValueError(f"{moment!r} is neither `<hook>.before` nor `<hook>.after`")

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        HANDLERS.add(id, HookHandler(id, moment, priority, handler))
        return handler

    return register


def handlers_of(moment: str) -> list[HookHandler]:
    """The handlers of `<hook>.before` or `<hook>.after` in their order, as the settings leave them."""
    return HANDLERS.in_force(item for item in HANDLERS.values() if item.hook == moment)
