"""System checks of the live stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from apps.kernel.eventbus.declarations import EVENTS, Broadcast, Event
from apps.kernel.eventbus.stream.reading import feature_of


@register()
def check_streams(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Changes of records are shown only where a feature says who may read the records."""
    return list(judge_shown(EVENTS.values()))


def judge_shown(events: Iterable[Event[Any]]) -> Iterator[CheckMessage]:
    """What is wrong with the events; lifecycle events name nobody, so without a feature nobody would hear them."""
    kinds = {item.entity for item in events if item.is_lifecycle and item.broadcast is not Broadcast.NONE}
    for kind in sorted(kinds):
        if not feature_of(kind):
            text = f"Changes of {kind} are shown on the live stream, and no feature opens its records."
            yield Error(text, hint="Name the model's view_feature, or declare the feature `….view`.", id="kernel.E060")
