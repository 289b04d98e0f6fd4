"""What the widgets of a dashboard show now: each in the kernel's room, for its time at most."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.dashboards.calculations.settings import complaints, completed
from apps.dashboards.calculations.shapes import settled
from apps.dashboards.selectors.catalog import is_for_actor, known_widgets
from apps.kernel.errors import PlatformError
from apps.kernel.extensions.dashboards import (
    SHAPES,
    DashboardWidget,
    Data,
    TemplateData,
)
from apps.kernel.extensions.errors import OutOfTime
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.rooms import Room, room

logger = logging.getLogger(__name__)

PATIENCE: Final = 3.0  # seconds that all widgets of one request may take before the rest is put off


class State(StrEnum):
    """What became of a widget.

    `LATER`: the others took so long that it has not been asked. `MISSING`: no installed module has it.
    """

    OK = "ok"
    INVALID = "invalid"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    LATER = "later"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Shown:
    """One item of a dashboard with what it shows; `widget` None where it is missing, `data` None but where it is OK.

    `html` is what a template made of its variables; `link` leads to the page behind the widget.
    """

    item: Mapping[str, Any]
    state: State
    widget: DashboardWidget | None = None
    data: Data | None = None
    link: str = ""
    html: SafeString | str = ""

    @property
    def title(self) -> str:
        """The item's own title, else the widget's."""
        return str(self.item["title"] or (self.widget.title if self.widget is not None else self.item["widget"]))


def shown_items(
    items: Sequence[Mapping[str, Any]], period: Period, *, names_missing: bool = False, patience: float = PATIENCE
) -> list[Shown]:
    """The items that are for the actor, with what they show.

    What the actor may not see is left out, and so is what no module has unless `names_missing`. Items whose turn
    has not come before `patience` (seconds) is over are put off, but for the first one.
    """
    known, ends = known_widgets(), time.monotonic() + patience
    found: list[Shown] = []
    with room() as inner:
        for item, widget in _shown_to_actor(items, known, names_missing=names_missing):
            if widget is None:
                found.append(Shown(item, State.MISSING))
            elif time.monotonic() >= ends and any(shown.widget is not None for shown in found):
                found.append(Shown(item, State.LATER, widget))
            else:
                found.append(_asked(inner, widget, item, period))
    return found


def placeholders(items: Sequence[Mapping[str, Any]], *, names_missing: bool = False) -> list[Shown]:
    """The same items unasked."""
    pairs = _shown_to_actor(items, known_widgets(), names_missing=names_missing)
    return [Shown(item, State.LATER if widget else State.MISSING, widget) for item, widget in pairs]


def _shown_to_actor(
    items: Sequence[Mapping[str, Any]], known: Mapping[str, DashboardWidget], *, names_missing: bool
) -> Iterator[tuple[Mapping[str, Any], DashboardWidget | None]]:
    for item in items:
        widget = known.get(item["widget"])
        if widget is None and names_missing:
            yield item, None
        elif widget is not None and is_for_actor(widget, item["settings"]):
            yield item, widget


def _asked(inner: Room, widget: DashboardWidget, item: Mapping[str, Any], period: Period) -> Shown:
    settings = completed(widget.settings, item["settings"])

    def ask() -> Shown:
        if complaints(widget.settings, item["settings"]):
            return Shown(item, State.INVALID, widget)
        data = widget.data(settings, period)
        if not isinstance(data, SHAPES[widget.kind]):
            raise TypeError(f"{widget.id} has to return {SHAPES[widget.kind].__name__}")
        data = settled(data)
        html = render_to_string(data.template, dict(data.context)) if isinstance(data, TemplateData) else ""
        return Shown(item, State.OK, widget, data, widget.drill_through(settings, period), html)

    try:
        return inner.run(widget.id, ask, seconds=widget.seconds)
    except PlatformError:
        return Shown(item, State.INVALID, widget)  # what is asked for is not there any more, or not for the actor
    except OutOfTime:
        logger.warning("dashboard widget took too long", extra={"extension": widget.id})
        return Shown(item, State.TIMED_OUT, widget)
    except Exception:
        logger.exception("dashboard widget failed", extra={"extension": widget.id})
        return Shown(item, State.FAILED, widget)
