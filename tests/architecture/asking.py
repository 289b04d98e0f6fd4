"""What a house says at each of its addresses, and what is left in it of modules that it goes without."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.test import Client, override_settings
from django.urls import get_resolver

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.eventbus.subscribing import SUBSCRIBERS
from apps.kernel.extensions.spots import SPOTS
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.features import FEATURES
from apps.kernel.registry.points import POINTS
from config.settings import INSTALLED_APPS as EVERYTHING

ALL_MODULES: Final = frozenset(
    name.removeprefix("apps.") for name in EVERYTHING if name.startswith("apps.") and name != "apps.kernel"
)
# What a module without a database may say to nobody in particular; anything else is a fault of its own.
EXPECTED: Final = frozenset({200, 301, 302, 400, 401, 403, 404, 405})
# The kernel's own, under the names of the modules that show them.
OF_THE_KERNEL: Final = frozenset({"audit_logs.action.undo", "api/events/stream/", "backend/search/"})


def addresses(patterns: Iterable[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """Every address that takes no parameter."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{item.pattern}"
        if hasattr(item, "url_patterns"):
            yield from addresses(item.url_patterns, route)
        elif not set("<(^$\\") & set(route):
            yield route


def ask_everywhere() -> None:
    """Ask once at each address, as nobody. Raises AssertionError for none, and for an answer that is a fault."""
    logging.disable(logging.CRITICAL)
    client, found = Client(), dict.fromkeys(addresses())
    with override_settings(RATE_LIMITS={"*": "off"}):
        answers = {route: client.get(f"/{route}", secure=True).status_code for route in found}
    assert any(route.startswith("api/") for route in answers), "no addresses"
    assert set(answers.values()) <= EXPECTED, {key: code for key, code in answers.items() if code not in EXPECTED}


def demand_nothing_left_of(modules: Collection[str]) -> None:
    """Raise AssertionError where an absent module still has addresses, features, commands or extensions."""
    named = [*ENTITIES, *FEATURES, *COMMANDS, *SUBSCRIBERS, *SPOTS]
    named += [entry.id for point in POINTS.values() for entry in point.everything()]
    left = {name for name in named if name.partition(".")[0] in modules} - OF_THE_KERNEL
    assert not left, f"left of absent modules: {sorted(left)}"
    ways = {f"{place}/{item}/" for place in ("api", "backend") for item in modules}
    kept = [item for item in set(addresses()) - OF_THE_KERNEL if any(item.startswith(way) for way in ways)]
    assert not kept, f"addresses of absent modules: {kept}"
    assert not {f"apps.{item}" for item in modules} & set(settings.INSTALLED_APPS)
    assert not {config.name for config in apps.get_app_configs()} & {f"apps.{item}" for item in modules}
